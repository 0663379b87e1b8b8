// Recordings that are on their way to the server beside the one on the stage: those that an earlier
// visit left on this device, and those that were still being sent when the next one began.
import { computed, signal } from '@preact/signals'
import { deleteUnsent, drainUnsent, type Upload } from '../../index.ts'
import { current } from './phase.ts'
import { isSafe, isStuck, type UploadView, viewUpload } from './upload-view.ts'

export type OtherUpload = UploadView & { readonly isFound: boolean }

export const others = signal<readonly OtherUpload[]>([])

export const unsafeOthers = computed(() => others.value.filter((one) => !isSafe(one.state.value)))

export const sendingOthers = computed(() =>
  unsafeOthers.value.filter((one) => !isStuck(one.state.value)),
)

/** Recordings on this device that the browser cannot read now. */
export const unreadable = signal<ReadonlySet<string>>(new Set())

export function followUpload(upload: Upload, isFound: boolean): void {
  if (others.value.some((one) => one.upload.id === upload.id)) return
  others.value = [...others.value, { ...viewUpload(upload), isFound }]
}

/** Finds what an earlier visit left and lets it be sent. Resolves once it is known what there is. */
export async function recoverUnsent(): Promise<void> {
  const found = await drainUnsent({
    onFound: (upload) => followUpload(upload, true),
    onUnreadable: (id, error) => {
      console.warn('A recording on this device cannot be read now', id, error)
      unreadable.value = new Set([...unreadable.value, id])
    },
  })
  for (const upload of found) followUpload(upload, true)
}

/** Deletes the local copy of what is unsent, for good. */
export async function discardUnsent(id: string): Promise<void> {
  await deleteUnsent(id)
  others.value = others.value.filter((one) => one.upload.id !== id)
  if (current.value?.upload.id === id) current.value = null
}

export function dismissSafe(): void {
  others.value = unsafeOthers.value
}
