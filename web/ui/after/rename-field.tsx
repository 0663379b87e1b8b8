// The title of a saved recording, to be changed where it stands. Saved on Enter and when the field is left; Esc brings
// back what was there.
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { say } from '../store/speech.ts'
import { afterWords } from '../strings/after-words.ts'
import { t } from '../strings/strings.ts'
import { editRecording, reasonOf } from './edits-client.ts'
import { type Outcome, Said } from './said.tsx'

const MAX_CHARS = 500

type RenameProps = {
  info: Pick<RecordingInfo, 'id' | 'title'>
  /** Reads the recording again, where this does not come by itself. */
  onChanged?: (() => Promise<unknown>) | undefined
  /** Whether the field has the keyboard once it appears. */
  isWanted?: boolean
}

export function RenameField({ info, onChanged, isWanted = false }: RenameProps) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const shown = info.title ?? ''
  useEffect(() => {
    if (isWanted) field.current?.select()
  }, [isWanted])
  useEffect(() => {
    // What is being typed stays; what somebody else wrote comes once the field is left.
    if (field.current && field.current !== document.activeElement) field.current.value = shown
  }, [shown])
  const save = async (text: string) => {
    const title = text.trim() || null
    if (title === info.title) return
    try {
      await editRecording(info.id, { title })
      setOutcome({ text: afterWords.rename.saved, isGood: true })
      say(afterWords.rename.saved)
    } catch (error) {
      setOutcome({ text: afterWords.rename.failed(reasonOf(error)), isGood: false })
    }
    await onChanged?.()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !field.current || field.current.value === shown) return
    // Not what lies around it: only what was typed is taken back.
    event.preventDefault()
    event.stopPropagation()
    field.current.value = shown
  }
  return (
    <div class="field rename">
      <label class="soft" for={id}>
        {afterWords.rename.label}
      </label>
      <input
        id={id}
        aria-describedby={`${id}-said`}
        ref={field}
        class="input"
        dir="auto"
        type="text"
        maxLength={MAX_CHARS}
        placeholder={t.library.untitled}
        defaultValue={shown}
        onKeyDown={press}
        onInput={() => setOutcome(null)}
        onChange={({ currentTarget }) => void save(currentTarget.value)}
      />
      <Said id={`${id}-said`} outcome={outcome} hint={afterWords.rename.hint} />
    </div>
  )
}
