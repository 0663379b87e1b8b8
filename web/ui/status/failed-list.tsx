// Recordings that could not be finished: why, when it is tried again, and the button that tries it now.
import { momentInSentence } from '../format/moment.ts'
import { finalizeRecording } from '../library/recordings-client.ts'
import { toast } from '../store/speech.ts'
import { statusWords as words } from '../strings/status-words.ts'
import { t } from '../strings/strings.ts'
import type { FailedRecording } from './status-client.ts'
import { refreshStatus } from './status-state.ts'

async function tryNow({ id }: FailedRecording): Promise<void> {
  try {
    await finalizeRecording(id)
    toast(words.tried)
  } catch {
    toast(words.notTried)
  }
  await refreshStatus()
}

function FailedRow({ recording }: { recording: FailedRecording }) {
  const { title, lastError, attempts, nextAttemptAt } = recording
  const name = title || words.untitled
  return (
    <li class="row failed-row">
      <span class="row-main">
        <span class="row-title">{name}</span>
        {/* From the server's log. */}
        <span lang="en">{lastError}</span>
        <span class="facts">
          <span>{words.attempts(attempts)}</span>
          {nextAttemptAt && (
            <span>
              {words.next(momentInSentence(new Date(nextAttemptAt), new Date(), t.locale))}
            </span>
          )}
        </span>
      </span>
      <button
        type="button"
        class="button"
        aria-label={words.tryNowOf(name)}
        onClick={() => void tryNow(recording)}
      >
        {words.tryNow}
      </button>
    </li>
  )
}

export function FailedList({ recordings }: { recordings: readonly FailedRecording[] }) {
  if (recordings.length === 0) return null
  return (
    <section aria-labelledby="failed-heading">
      <h2 id="failed-heading">{words.failedHeading}</h2>
      <p class="soft">{words.failedHint}</p>
      <ul class="rows">
        {recordings.map((recording) => (
          <FailedRow key={recording.id} recording={recording} />
        ))}
      </ul>
    </section>
  )
}
