// What can be done with a recording that is being sent: play it, keep a copy, and discard what only this device has.
import { useSignal } from '@preact/signals'
import { readUnsent } from '../../index.ts'
import { Icon } from '../shell/icon.tsx'
import { openedId } from '../store/library.ts'
import { toast } from '../store/speech.ts'
import { isSafe, isStuck } from '../store/upload-view.ts'
import type { OtherUpload } from '../store/uploads.ts'
import { t } from '../strings/strings.ts'
import { DiscardDialog } from './discard-dialog.tsx'
import { LocalCopyDialog } from './local-copy-dialog.tsx'
import { saveFiles } from './saved-file.ts'

type UnsentActionsProps = { one: OtherUpload; title: string }

export function UnsentActions({ one, title }: UnsentActionsProps) {
  const { id } = one.upload
  const files = useSignal<readonly Blob[]>([])
  const isDiscarding = useSignal(false)
  const isDone = isSafe(one.state.value)
  const isOver = isStuck(one.state.value)
  const hasSomething = isDone || one.progress.value.waitingBytes > 0
  const play = async () => {
    files.value = isDone ? [] : await readUnsent(id)
    if (files.value.length > 0) return
    if (isSafe(one.state.value)) openedId.value = id
    else toast(t.recovery.nothingHere)
  }
  const download = async () => {
    const left = await readUnsent(id)
    saveFiles(left, title)
    if (left.length === 0) toast(t.recovery.nothingHere)
  }
  return (
    <div class="actions">
      {hasSomething && (
        <button
          type="button"
          class="button"
          aria-label={isOver ? t.recovery.keepCopyOf(title) : t.recovery.playOf(title)}
          onClick={() => void play()}
        >
          <Icon name={isOver ? 'download' : 'play'} size={18} />
          {isOver ? t.recovery.keepCopy : t.record.play}
        </button>
      )}
      {hasSomething && !isDone && !isOver && (
        <button
          type="button"
          class="button quiet icon"
          aria-label={t.library.downloadOf(title)}
          onClick={() => void download()}
        >
          <Icon name="download" />
        </button>
      )}
      {(one.isFound || isOver) && !isDone && (
        <button
          type="button"
          class="button quiet danger"
          aria-label={t.recovery.discardOf(title)}
          onClick={() => {
            isDiscarding.value = true
          }}
        >
          {t.recovery.discard}
        </button>
      )}
      {files.value.length > 0 && (
        <LocalCopyDialog
          files={files.value}
          title={title}
          onClose={() => {
            files.value = []
          }}
        />
      )}
      {isDiscarding.value && (
        <DiscardDialog
          id={id}
          onClose={() => {
            isDiscarding.value = false
          }}
        />
      )}
    </div>
  )
}
