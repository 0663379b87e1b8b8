// Plays and keeps what is still on this device of a recording, before the server has it.
import { useEffect, useState } from 'preact/hooks'
import { VideoPlayer } from '../library/video-player.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'

type LocalCopyDialogProps = { blob: Blob; title: string; onClose: () => void }

const extensionOf = (type: string) => (type.includes('mp4') ? 'mp4' : 'webm')

export function LocalCopyDialog({ blob, title, onClose }: LocalCopyDialogProps) {
  const [address] = useState(() => URL.createObjectURL(blob))
  useEffect(() => () => URL.revokeObjectURL(address), [address])
  return (
    <Dialog heading={title} onClose={onClose}>
      <div class="player-body">
        <VideoPlayer address={address} title={title} />
        <p class="soft">{t.recovery.localCopy}</p>
        <div class="actions">
          <a class="button main" href={address} download={`${title}.${extensionOf(blob.type)}`}>
            <Icon name="download" />
            {t.library.download}
          </a>
        </div>
      </div>
    </Dialog>
  )
}
