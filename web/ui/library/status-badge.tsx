// A status as a word with a tone.
import type { RecordingStatus } from '@holdfast/protocol'
import { wordStatus } from './status-wording.ts'

export function StatusBadge({ status }: { status: RecordingStatus }) {
  const { label, tone } = wordStatus(status)
  return (
    <span class={`badge ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {label}
    </span>
  )
}
