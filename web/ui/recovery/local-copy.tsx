// Play and keep what is still on this device of a recording, before the server has it.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { readUnsent } from '../../index.ts'
import { VideoPlayer } from '../library/video-player.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icon.tsx'
import { toast } from '../store/speech.ts'
import { t } from '../strings/strings.ts'

type LocalCopyProps = { id: string; title: string; onDiscard: () => void }

const extensionOf = (type: string) => (type.includes('mp4') ? 'mp4' : 'webm')

export function LocalCopyActions({ id, title, onDiscard }: LocalCopyProps) {
  const copy = useSignal<{ address: string; extension: string } | null>(null)
  const address = copy.value?.address
  useEffect(() => () => address && URL.revokeObjectURL(address), [address])
  const open = async () => {
    const blob = await readUnsent(id)
    if (!blob) return toast(t.player.noMedia)
    copy.value = { address: URL.createObjectURL(blob), extension: extensionOf(blob.type) }
  }
  return (
    <div class="actions">
      <button type="button" class="button" onClick={() => void open()}>
        <Icon name="play" size={18} />
        {t.record.play}
      </button>
      <button type="button" class="button quiet danger" onClick={onDiscard}>
        {t.recovery.discard}
        <span class="unseen">: {title}</span>
      </button>
      {copy.value && (
        <Dialog
          heading={title}
          onClose={() => {
            copy.value = null
          }}
        >
          <div class="player-body">
            <VideoPlayer address={copy.value.address} title={title} />
            <p class="soft">{t.recovery.localCopy}</p>
            <div class="actions">
              <a
                class="button main"
                href={copy.value.address}
                download={`${title}.${copy.value.extension}`}
              >
                <Icon name="download" />
                {t.library.download}
              </a>
            </div>
          </div>
        </Dialog>
      )}
    </div>
  )
}
