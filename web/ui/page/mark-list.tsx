// The marks of a recording: what was said of each moment, and a click that goes there.
import { useComputed } from '@preact/signals'
import { formatClock } from '../format/duration.ts'
import { isOneFile } from '../library/parts.ts'
import { pageWords } from '../strings/page-words.ts'
import type { Detail } from './detail.ts'
import type { Playhead } from './playhead.ts'
import { chaptersOf } from './timeline.ts'

type MarkListProps = { info: Detail; playhead: Playhead }

export function MarkList({ info, playhead }: MarkListProps) {
  // Marks are moments of the one file that the recording is.
  const lengthMs = playhead.lengthMs.value ?? info.durationMs ?? 0
  const chapters = isOneFile(info) ? chaptersOf(info.marks ?? [], lengthMs) : []
  const now = useComputed(() => {
    const at = playhead.atMs.value
    return chapters.findLast(({ startMs }) => startMs <= at)?.startMs ?? 0
  })
  if (chapters.length === 0) return null
  return (
    <section aria-labelledby="marks-heading">
      <h2 id="marks-heading">{pageWords.player.marks}</h2>
      <ol class="marks">
        {chapters.map(({ startMs, name }) => (
          <li key={startMs}>
            <button
              type="button"
              class="mark"
              aria-current={now.value === startMs ? 'true' : undefined}
              onClick={() => playhead.seek(startMs)}
            >
              <span class="digits soft">{formatClock(startMs)}</span>
              <span>{name}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
