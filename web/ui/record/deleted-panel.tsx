// In the place of "safe", once that was deleted: what is gone, and for how long it can be brought back.
import { titleOf } from '../library/recording-row.tsx'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { undoDelete } from '../store/deletions.ts'
import { rows } from '../store/library.ts'
import { current } from '../store/phase.ts'
import { clearStage, recordAgain } from '../store/recording.ts'
import { deleted, deletedOnStage } from '../store/undo-offers.ts'
import { t } from '../strings/strings.ts'

/** The recordings of the stage that were deleted here and can be brought back. */
export const deletedOf = (ids: readonly string[]) =>
  rows.value.filter(({ id }) => ids.includes(id) && deleted.value.has(id))

export function DeletedPanel({ ids }: { ids: readonly string[] }) {
  const undo = useFocusOnMount<HTMLButtonElement>(ids.some((id) => deletedOnStage.has(id)))
  const gone = deletedOf(ids)
  const [first] = gone
  if (!first) return null
  const bringBack = async () => {
    const view = current.value
    const isBack = await Promise.all(gone.map(undoDelete))
    // What is gone must not be called safe.
    if (isBack.includes(false) && current.value === view) clearStage()
  }
  return (
    <div class="panel">
      <span class="panel-icon">
        <Icon name="trash" size={30} />
      </span>
      <h1>{t.library.deleted(titleOf(first))}</h1>
      <p>{t.library.undoHint}</p>
      <div class="actions">
        <button ref={undo} type="button" class="button main" onClick={() => void bringBack()}>
          {t.library.undo}
        </button>
        <button type="button" class="button" onClick={() => void recordAgain()}>
          {t.record.again}
        </button>
      </div>
    </div>
  )
}

/** Deleted elsewhere, or not brought back in time. */
export function GonePanel({ title }: { title: string | null }) {
  return (
    <div class="panel" role="status">
      <span class="panel-icon">
        <Icon name="trash" size={30} />
      </span>
      <h1>{t.library.deleted(title || t.library.untitled)}</h1>
      <div class="actions">
        <button type="button" class="button" onClick={() => void recordAgain()}>
          {t.record.another}
        </button>
        <button type="button" class="button quiet" onClick={clearStage}>
          {t.app.done}
        </button>
      </div>
    </div>
  )
}
