// Looks for a part of the title, a moment after the last key.
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { ask, listQuery } from '../store/library.ts'
import { t } from '../strings/strings.ts'

const SETTLE_MS = 200
const FIELD = 'library-search'

/** Where it is seen. */
export function focusSearch(): void {
  const field = document.getElementById(FIELD)
  if (!(field instanceof HTMLInputElement)) return
  field.focus()
  field.select()
}

const search = (text: string) => void ask({ ...listQuery.value, text: text.trim() })

export function ListSearch() {
  const field = useRef<HTMLInputElement>(null)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  const { text } = listQuery.value
  useEffect(() => {
    // Cleared from elsewhere; what is being typed stays, spaces at its end too.
    if (field.current && field.current.value.trim() !== text) field.current.value = text
  }, [text])
  const settle = (typed: string, afterMs: number) => {
    clearTimeout(waiting.current)
    waiting.current = setTimeout(() => search(typed), afterMs)
  }
  const clear = () => {
    if (field.current) field.current.value = ''
    settle('', 0)
    field.current?.focus()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && field.current) settle(field.current.value, 0)
    if (event.key !== 'Escape') return
    // Not what lies around it. An empty field is left.
    event.preventDefault()
    if (field.current?.value) clear()
    else field.current?.blur()
  }
  return (
    <search class="list-search">
      <Icon name="search" />
      <input
        id={FIELD}
        ref={field}
        class="input"
        type="text"
        inputMode="search"
        enterKeyHint="search"
        autoComplete="off"
        spellcheck={false}
        maxLength={500}
        aria-label={t.library.search}
        aria-keyshortcuts="/"
        placeholder={t.library.search}
        defaultValue={text}
        onKeyDown={press}
        onInput={({ currentTarget }) => settle(currentTarget.value, SETTLE_MS)}
      />
      {text ? (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t.library.clearSearch}
          onClick={clear}
        >
          <Icon name="close" />
        </button>
      ) : (
        <span class="search-key" aria-hidden="true">
          /
        </span>
      )}
    </search>
  )
}
