// Asks before the only copy of something is deleted: this is the one thing that cannot be undone.
import { Dialog } from '../shell/dialog.tsx'
import { toast } from '../store/speech.ts'
import { discardUnsent } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'

async function discard(id: string): Promise<void> {
  try {
    await discardUnsent(id)
  } catch (error) {
    // It is being sent by another tab or the service worker: nothing was deleted.
    console.info('The local copy is in use', error)
    toast(t.recovery.discardLater)
  }
}

export function DiscardDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const confirm = () => {
    onClose()
    void discard(id)
  }
  return (
    <Dialog heading={t.recovery.discardSure} size="small" onClose={onClose}>
      <p>{t.recovery.discardHint}</p>
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
