// Recordings on this device that the browser does not give out now: all that is known is that they are here.
import { Notice } from '../shell/notice.tsx'
import { unreadable } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'

export function UnreadableNotice() {
  const { size } = unreadable.value
  if (size === 0) return null
  return (
    <Notice tone="care" role="alert">
      {t.recovery.unreadable(size)}
    </Notice>
  )
}
