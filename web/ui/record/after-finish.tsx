// What can be done at once with what was just recorded: its title, a link, a file. Fetched when it is safe.
import { useEffect } from 'preact/hooks'
import { AfterBar } from '../after/after-bar.tsx'
import { RenameField } from '../after/rename-field.tsx'
import { refreshRecording, rows } from '../store/library.ts'

const ACTIONS = ['link', 'download'] as const

export function AfterFinish({ id }: { id: string }) {
  const info = rows.value.find((row) => row.id === id)
  const read = () => refreshRecording(id)
  // The list says less than this needs. Where the server shows nothing of it nothing is offered.
  useEffect(() => void read(), [id])
  if (!info) return null
  return (
    <div class="after-finish">
      <RenameField info={info} onChanged={read} />
      <AfterBar info={info} actions={ACTIONS} onChanged={read} />
    </div>
  )
}
