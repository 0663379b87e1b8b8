// What can be done with a recording that is being sent: play it, keep a copy, and discard what only this device has.
import { useSignal } from '@preact/signals'
import { readUnsent } from '../../index.ts'
import { Icon } from '../shell/icon.tsx'
import { openRecording } from '../store/place.ts'
import { toast } from '../store/speech.ts'
import { isSafe, isStuck } from '../store/upload-view.ts'
import { discardUnsent, type OtherUpload } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { DiscardDialog } from './discard-dialog.tsx'
import { LocalCopyDialog } from './local-copy-dialog.tsx'
import { saveFiles } from './saved-file.ts'

type UnsentActionsProps = { one: OtherUpload; title: string }

function PlayButton({ one, title }: UnsentActionsProps) {
  const { id } = one.upload
  const files = useSignal<readonly Blob[]>([])
  const isOver = isStuck(one.state.value)
  const play = async () => {
    files.value = isSafe(one.state.value) ? [] : await readUnsent(id)
    if (files.value.length > 0) return
    if (isSafe(one.state.value)) openRecording(id)
    else toast(t.recovery.nothingHere)
  }
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label={isOver ? t.recovery.keepCopyOf(title) : t.recovery.playOf(title)}
        onClick={() => void play()}
      >
        <Icon name={isOver ? 'download' : 'play'} size={18} />
        {isOver ? t.recovery.keepCopy : t.record.play}
      </button>
      {files.value.length > 0 && (
        <LocalCopyDialog
          files={files.value}
          title={title}
          onClose={() => {
            files.value = []
          }}
        />
      )}
    </>
  )
}

function DownloadButton({ one, title }: UnsentActionsProps) {
  const download = async () => {
    const left = await readUnsent(one.upload.id)
    saveFiles(left, title)
    if (left.length === 0) toast(t.recovery.nothingHere)
  }
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={t.library.downloadOf(title)}
      title={t.library.downloadOf(title)}
      onClick={() => void download()}
    >
      <Icon name="download" />
    </button>
  )
}

async function discard(id: string): Promise<void> {
  try {
    await discardUnsent(id)
  } catch (error) {
    // It is being sent by another tab or the service worker: nothing was deleted.
    console.info('The local copy is in use', error)
    toast(t.recovery.discardLater)
  }
}

function DiscardButton({ one, title }: UnsentActionsProps) {
  const isAsked = useSignal(false)
  return (
    <>
      <button
        type="button"
        class="button quiet danger"
        aria-label={t.recovery.discardOf(title)}
        onClick={() => {
          isAsked.value = true
        }}
      >
        {t.recovery.discard}
      </button>
      {isAsked.value && (
        <DiscardDialog
          heading={t.recovery.discardSure}
          hint={t.recovery.discardHint}
          onDiscard={() => void discard(one.upload.id)}
          onClose={() => {
            isAsked.value = false
          }}
        />
      )}
    </>
  )
}

export function UnsentActions(props: UnsentActionsProps) {
  const { state, progress, isFound, upload } = props.one
  const [isDone, isOver] = [isSafe(state.value), isStuck(state.value)]
  const isHere = !isDone && progress.value.waitingBytes > 0
  return (
    <div class="actions">
      {(isDone || isHere) && <PlayButton {...props} />}
      {isHere && !isOver && <DownloadButton {...props} />}
      {!isDone && (isFound || isOver || upload.file) && <DiscardButton {...props} />}
    </div>
  )
}
