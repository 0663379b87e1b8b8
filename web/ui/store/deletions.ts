// Recordings that were deleted a moment ago and can still be brought back. Their rows keep their place
// until the server's time to undo is over.
import {
  deleteRecording,
  type RecordingInfo,
  restoreRecording,
} from '../library/recordings-client.ts'
import { t } from '../strings/strings.ts'
import { forgetRecording, refreshRecording } from './library.ts'
import { say, toast } from './speech.ts'
import { deleted, deletedOnStage, noteGone } from './undo-offers.ts'

/** Two seconds less than the server keeps it: an offered undo must work. */
const UNDO_MS = 28_000

const titleOf = (info: RecordingInfo) => info.title || t.library.untitled

function endOffer(id: string): void {
  const left = new Map(deleted.value)
  clearTimeout(left.get(id))
  left.delete(id)
  deleted.value = left
  deletedOnStage.delete(id)
}

/** @param onOver is called once it cannot be undone any more */
export async function deleteWithUndo(info: RecordingInfo, onOver?: () => void): Promise<void> {
  const timer = setTimeout(() => {
    endOffer(info.id)
    noteGone(info.id)
    forgetRecording(info.id)
    onOver?.()
  }, UNDO_MS)
  deleted.value = new Map(deleted.value).set(info.id, timer)
  try {
    await deleteRecording(info.id)
    say(t.library.deletedSay(titleOf(info)))
  } catch {
    endOffer(info.id)
    toast(t.library.deleteFailed(titleOf(info)))
  }
}

/** @returns whether it is back */
export async function undoDelete(info: RecordingInfo): Promise<boolean> {
  endOffer(info.id)
  let isBack = true
  try {
    await restoreRecording(info.id)
    say(t.library.restored(titleOf(info)))
  } catch {
    isBack = false
    toast(t.library.undoFailed(titleOf(info)))
  }
  await refreshRecording(info.id)
  return isBack
}
