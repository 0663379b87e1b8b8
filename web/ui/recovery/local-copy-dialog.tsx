// Plays and keeps what is still on this device of a recording: all of it, so that nothing is discarded unseen.
import { useEffect, useState } from 'preact/hooks'
import { VideoPlayer } from '../library/video-player.tsx'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'
import { fileName } from './saved-file.ts'

type LocalCopyDialogProps = { files: readonly Blob[]; title: string; onClose: () => void }

function LocalFile({ file, name, savedAs }: { file: Blob; name: string; savedAs: string }) {
  const [address] = useState(() => URL.createObjectURL(file))
  useEffect(() => () => URL.revokeObjectURL(address), [address])
  return (
    <>
      <VideoPlayer address={address} title={name} />
      <div class="actions">
        <a class="button main" href={address} download={savedAs}>
          <Icon name="download" />
          {t.library.download}
        </a>
      </div>
    </>
  )
}

export function LocalCopyDialog({ files, title, onClose }: LocalCopyDialogProps) {
  const nameOf = (at: number) => (files.length > 1 ? t.player.partTitle(title, at + 1) : title)
  return (
    <Dialog heading={title} onClose={onClose}>
      <div class="player-body">
        <p class="soft">{t.recovery.localCopy}</p>
        {files.map((file, at) => (
          <LocalFile
            key={nameOf(at)}
            file={file}
            name={nameOf(at)}
            savedAs={fileName(title, file, at, files.length)}
          />
        ))}
      </div>
    </Dialog>
  )
}
