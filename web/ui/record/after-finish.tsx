// What can be done at once with what was just recorded: its title, a link, a file, away with it. Fetched when it is safe.
import { useEffect } from 'preact/hooks'
import { AfterBar } from '../after/after-bar.tsx'
import { RenameField } from '../after/rename-field.tsx'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { isDeletable } from '../library/status-wording.ts'
import { Icon } from '../shell/icon.tsx'
import { deleteWithUndo } from '../store/deletions.ts'
import { refreshRecording, rows } from '../store/library.ts'
import { current } from '../store/phase.ts'
import { clearStage } from '../store/recording.ts'
import { deletedOnStage } from '../store/undo-offers.ts'
import { t } from '../strings/strings.ts'

const ACTIONS = ['link', 'download'] as const

/** Everything that was recorded at once: camera and screen go together. */
function DeleteButton({ infos }: { infos: readonly RecordingInfo[] }) {
  const run = () => {
    const view = current.value
    const clear = () => {
      if (current.value === view) clearStage()
    }
    for (const info of infos) {
      deletedOnStage.add(info.id)
      void deleteWithUndo(info, clear)
    }
  }
  return (
    <button type="button" class="button danger" onClick={run}>
      <Icon name="trash" />
      {t.library.delete}
    </button>
  )
}

type AfterFinishProps = {
  /** The first is the one that is named. */
  ids: readonly string[]
}

export function AfterFinish({ ids }: AfterFinishProps) {
  const infos = rows.value.filter(({ id }) => ids.includes(id))
  const info = infos.find(({ id }) => id === ids[0])
  const read = () => Promise.all(ids.map(refreshRecording))
  // The list says less than this needs. Where the server shows nothing of it nothing is offered.
  useEffect(() => void read(), [ids.join()])
  if (!info) return null
  const mayDelete = infos.length === ids.length && infos.every((one) => isDeletable(one.status))
  return (
    <div class="after-finish">
      <RenameField info={info} onChanged={read} />
      <AfterBar info={info} actions={ACTIONS} onChanged={read}>
        {mayDelete && <DeleteButton infos={infos} />}
      </AfterBar>
    </div>
  )
}
