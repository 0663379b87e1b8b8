// One recording that is being sent in the background: when it was made, how far it is, what can be done.
import { useComputed } from '@preact/signals'
import { formatBytes } from '../format/bytes.ts'
import { formatMoment } from '../format/moment.ts'
import { measureSafety } from '../record/safety.ts'
import { SafetyBar } from '../record/safety-line.tsx'
import { safetyWords } from '../record/safety-text.ts'
import { isSafe, isStuck } from '../store/upload-view.ts'
import type { OtherUpload } from '../store/uploads.ts'
import { sayError } from '../strings/say-error.ts'
import { t } from '../strings/strings.ts'
import { UnsentActions } from './unsent-actions.tsx'

export function UnsentRow({ one }: { one: OtherUpload }) {
  const { upload } = one
  const isDone = isSafe(one.state.value)
  const safety = useComputed(() => measureSafety(one.progress.value, isSafe(one.state.value)))
  const words = safetyWords(safety.value)
  const title = upload.title || t.library.untitled
  const leftWords = isStuck(one.state.value) ? t.recovery.kept : t.recovery.left
  const trouble = one.error.value
  return (
    <li class="unsent-row">
      <div class="unsent-main">
        <span class="row-title">{title}</span>
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
