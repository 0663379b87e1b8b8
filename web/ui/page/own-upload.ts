// What this page itself knows of a recording's way to the server: it is being made here, or was found unsent.
import { type ReadonlySignal, useComputed } from '@preact/signals'
import type { TakeChunks, Upload } from '../../index.ts'
import { current } from '../store/phase.ts'
import { isSafe, isStuck, partsOf, type UploadView } from '../store/upload-view.ts'
import { type OtherUpload, others } from '../store/uploads.ts'
import type { Unsent } from './verdict.ts'

export type Own = {
  readonly upload: Upload
  readonly chunks: readonly TakeChunks[]
  /** What is only here; null = nothing. */
  readonly unsent: Unsent | null
  /** It is sent beside the stage, and its row says how. */
  readonly other: OtherUpload | null
}

function read(view: UploadView, id: string, other: OtherUpload | null): Own | null {
  const upload = partsOf(view.upload).find((part) => part.id === id)
  if (!upload) return null
  // Read, so that it is all looked at again as it moves on.
  void view.progress.value
  const { state, chunks, progress } = upload
  const isHere = !isSafe(view.state.value) && progress.waitingBytes > 0
  const unsent = isHere ? { bytes: progress.waitingBytes, isStuck: isStuck(state) } : null
  return { upload, chunks, unsent, other: isSafe(state) ? null : other }
}

/** null when this page has nothing to do with it. */
export function useOwn(id: string): ReadonlySignal<Own | null> {
  return useComputed(() => {
    const other = others.value.find((one) => one.upload.id === id)
    if (other) return read(other, id, other)
    return current.value && read(current.value, id, null)
  })
}
