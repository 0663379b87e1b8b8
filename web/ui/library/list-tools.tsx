// What the list shows and in which order: search, status, order. Says for the eye and for the ear how much was found.
import { useEffect, useRef } from 'preact/hooks'
import { numberFormat } from '../format/kept-formats.ts'
import { ask, isAsking, listed, listing, listQuery, listState } from '../store/library.ts'
import { say } from '../store/speech.ts'
import { t } from '../strings/strings.ts'
import { FILTERS, isNarrow, type ListFilter, type ListOrder, ORDERS } from './list-query.ts'
import { ListSearch } from './list-search.tsx'

type ChoiceProps<Name extends string> = {
  label: string
  value: Name
  names: readonly Name[]
  words: Readonly<Record<Name, string>>
  onPick: (name: Name) => void
}

function Choice<Name extends string>({ label, value, names, words, onPick }: ChoiceProps<Name>) {
  return (
    <select
      class="input"
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => {
        const picked = names.find((name) => name === currentTarget.value)
        if (picked !== undefined) onPick(picked)
      }}
    >
      {names.map((name) => (
        <option key={name} value={name}>
          {words[name]}
        </option>
      ))}
    </select>
  )
}

const FILTER_NAMES = Object.keys(FILTERS) as ListFilter[]

/** A cursor says that there is more, and not how much. */
export function foundWords(): string {
  const count = listed.value.length
  if (count === 0) return t.library.nothing
  const digits = numberFormat(t.locale, {}).format(count)
  return listing.value.next === null ? t.library.found(count, digits) : t.library.foundMore(digits)
}

/** Once there is an answer to what was asked; not at the first look, nor when the list only grows. */
function useSayFound(): void {
  const isAnswered = !isAsking.value && listState.value === 'loaded'
  const said = useRef(listQuery.value)
  useEffect(() => {
    if (!isAnswered || said.current === listQuery.value) return
    said.current = listQuery.value
    say(foundWords())
  }, [isAnswered, listQuery.value])
}

export function ListTools() {
  useSayFound()
  const query = listQuery.value
  return (
    <div class="list-tools">
      <ListSearch />
      <Choice<ListFilter>
        label={t.library.filter}
        value={query.filter}
        names={FILTER_NAMES}
        words={t.library.filters}
        onPick={(filter) => void ask({ ...query, filter })}
      />
      <Choice<ListOrder>
        label={t.library.order}
        value={query.order}
        names={ORDERS}
        words={t.library.orders}
        onPick={(order) => void ask({ ...query, order })}
      />
      {isNarrow(query) && !isAsking.value && listed.value.length > 0 && (
        <p class="soft list-found">{foundWords()}</p>
      )}
    </div>
  )
}
