// Asks before the only copy of something is deleted: this is the one thing that cannot be undone.
import { Dialog } from '../shell/dialog.tsx'
import { discardUnsent } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'

export function DiscardDialog({ id, onClose }: { id: string; onClose: () => void }) {
  return (
    <Dialog heading={t.recovery.discardSure} size="small" onClose={onClose}>
      <p>{t.recovery.discardHint}</p>
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t.app.cancel}
        </button>
        <button type="button" class="button danger" onClick={() => void discardUnsent(id)}>
          {t.recovery.discardYes}
        </button>
      </div>
    </Dialog>
  )
}
