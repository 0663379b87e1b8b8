// Recordings that are on their way to the server beside the one on the stage: those that an earlier
// visit left on this device, and those that were still being sent when the next one began.
import { computed, signal } from '@preact/signals'
import { deleteUnsent, drainUnsent, listUnsent, type Upload } from '../../index.ts'
import { whenServerIsBack } from './live-events.ts'
import { current } from './phase.ts'
import { isSafe, isStuck, partsOf, type UploadView, viewUpload } from './upload-view.ts'

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

/** How often this page looks whether another tab died and left something. */
const LOOK_MS = 4_000

async function lookAgain(): Promise<void> {
  if (document.visibilityState === 'hidden') return
  const known = new Set(others.value.map((one) => one.upload.id))
  const left = await listUnsent()
  for (const { id } of current.value ? partsOf(current.value.upload) : []) known.add(id)
  const isNew = left.some(({ id }) => !known.has(id))
  if (isNew) await recoverUnsent()
}

/** Goes on looking for what is left behind while this page is open, until `signal` aborts. */
export function keepLooking(signal: AbortSignal): void {
  const look = () => {
    lookAgain().catch((error) => console.info('Storage cannot be searched now', error))
  }
  document.addEventListener('visibilitychange', look, { signal })
  const timer = setInterval(look, LOOK_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

/** What waits for its next try, which may be a minute away, goes as soon as the page hears from the server again. */
export function sendWhenBack(signal: AbortSignal): void {
  whenServerIsBack(() => {
    for (const view of [current.value, ...sendingOthers.value]) view?.upload.retry()
  }, signal)
}

/** Deletes the local copy of what is unsent, for good. */
export async function discardUnsent(id: string): Promise<void> {
  await deleteUnsent(id)
  others.value = others.value.filter((one) => one.upload.id !== id)
  if (current.value && partsOf(current.value.upload).every((one) => one.id === id)) {
    current.value = null
  }
}

export function dismissSafe(): void {
  others.value = unsafeOthers.value
}
