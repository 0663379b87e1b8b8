// One recording that is being sent in the background: when it was made, how far it is, what can be done.
import { useComputed } from '@preact/signals'
import { formatBytes } from '../format/bytes.ts'
import { formatClock } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { measureSafety, type Safety } from '../record/safety.ts'
import { SafetyBar } from '../record/safety-line.tsx'
import { safetyWords } from '../record/safety-text.ts'
import { isSafe, isStuck } from '../store/upload-view.ts'
import type { OtherUpload } from '../store/uploads.ts'
import { sayError } from '../strings/say-error.ts'
import { t } from '../strings/strings.ts'
import { UnsentActions } from './unsent-actions.tsx'

/** A file that does not say how long it is counts by its parts. */
function numbersOf({ progress, upload }: OtherUpload) {
  const { recordedMs, chunks, ackedChunks, waitingBytes } = progress.value
  if (recordedMs > 0 || !upload.file) return progress.value
  return { recordedMs: chunks, bufferedMs: chunks, ackedMs: ackedChunks, waitingBytes }
}

function wordsOf({ progress, upload }: OtherUpload, safety: Safety) {
  const { recorded, safe } = safetyWords(safety)
  if (!upload.file) return { recorded, safe }
  const { recordedMs } = progress.value
  if (recordedMs > 0) return { recorded: t.files.long(formatClock(recordedMs)), safe }
  const percent = Math.floor(safety.bar.safe * 100)
  return {
    recorded: formatBytes(upload.file.bytes, t.locale),
    safe: safety.isAllSafe ? safe : t.files.safePart(percent),
  }
}

export function UnsentRow({ one }: { one: OtherUpload }) {
  const { upload } = one
  const isDone = isSafe(one.state.value)
  const safety = useComputed(() => measureSafety(numbersOf(one), one.state.value))
  const words = wordsOf(one, safety.value)
  const title = upload.title || t.library.untitled
  const leftWords = isStuck(one.state.value) ? t.recovery.kept : t.recovery.left
  const trouble = one.error.value
  return (
    <li class="unsent-row">
      <div class="unsent-main">
        <span class="row-title" dir="auto" title={title}>
          {title}
        </span>
        <span class="facts digits">
          <time dateTime={upload.createdAt}>
            {formatMoment(new Date(upload.createdAt), new Date(), t.locale)}
          </time>
          <span>{words.recorded}</span>
          <span>{words.safe}</span>
          {!isDone && (
            <span>{leftWords(formatBytes(one.progress.value.waitingBytes, t.locale))}</span>
          )}
        </span>
        <SafetyBar safety={safety.value} />
        {trouble?.retry === false && <p role="alert">{sayError(trouble)}</p>}
      </div>
      <UnsentActions one={one} title={title} />
    </li>
  )
}
