// Asks before the only copy of something is deleted: this is the one thing that cannot be undone.
import { Dialog } from '../shell/dialog.tsx'
import { t } from '../strings/strings.ts'

type DiscardDialogProps = {
  heading: string
  hint: string
  onDiscard: () => void
  onClose: () => void
}

export function DiscardDialog({ heading, hint, onDiscard, onClose }: DiscardDialogProps) {
  const confirm = () => {
    onClose()
    onDiscard()
  }
  return (
    <Dialog heading={heading} size="small" onClose={onClose}>
      <p>{hint}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t.app.cancel}
        </button>
        <button type="button" class="button danger" onClick={confirm}>
          {t.recovery.discardYes}
        </button>
      </div>
    </Dialog>
  )
}
