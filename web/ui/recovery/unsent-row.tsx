// One recording that is being sent in the background: when it was made, how far it is, what can be done.
import { useComputed, useSignal } from '@preact/signals'
import { formatBytes } from '../format/bytes.ts'
import { formatMoment } from '../format/moment.ts'
import { measureSafety } from '../record/safety.ts'
import { SafetyBar } from '../record/safety-line.tsx'
import { safetyWords } from '../record/safety-text.ts'
import { Icon } from '../shell/icon.tsx'
import { openedId } from '../store/library.ts'
import { isSafe } from '../store/upload-view.ts'
import type { OtherUpload } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { DiscardDialog } from './discard-dialog.tsx'
import { LocalCopyActions } from './local-copy.tsx'

export function UnsentRow({ one }: { one: OtherUpload }) {
  const { upload } = one
  const isDiscarding = useSignal(false)
  const safety = useComputed(() => measureSafety(one.progress.value, isSafe(one.state.value)))
  const words = safetyWords(safety.value)
  const title = upload.title || t.library.untitled
  const isDone = isSafe(one.state.value)
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
            <span>{t.recovery.left(formatBytes(one.progress.value.waitingBytes, t.locale))}</span>
          )}
        </span>
        <SafetyBar safety={safety.value} />
        {one.error.value && !one.error.value.retry && <p role="alert">{one.error.value.message}</p>}
      </div>
      {isDone ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            openedId.value = upload.id
          }}
        >
          <Icon name="play" size={18} />
          {t.record.play}
        </button>
      ) : (
        <LocalCopyActions
          id={upload.id}
          title={title}
          onDiscard={() => {
            isDiscarding.value = true
          }}
        />
      )}
      {isDiscarding.value && (
        <DiscardDialog
          id={upload.id}
          onClose={() => {
            isDiscarding.value = false
          }}
        />
      )}
    </li>
  )
}
