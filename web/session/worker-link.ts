// Owns the line to the service worker. It must be ready before the page dies, since nothing can be awaited
// then; `registration.active` is reached even by a page that the worker does not control (first visit).
import { askForSync, type WorkerMessage } from '../worker/worker-messages.ts'

let registration: ServiceWorkerRegistration | null = null

/** Finds the worker in the background; an app without one has only the beacon and the next visit. */
export function findWorker(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  if (!workers || registration) return
  workers.ready.then(
    (ready) => {
      registration = ready
    },
    () => undefined, // Workers are switched off here.
  )
}

/** @returns false when there is no worker to hear it */
export function tellWorker(message: WorkerMessage): boolean {
  const active = registration?.active
  active?.postMessage(message)
  return active !== undefined && active !== null
}

/** A page that is open sends for itself, where the person sees it: the worker makes way. */
export function askWorkerToLetGo(id: string): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined
  const message: WorkerMessage = { type: 'holdfast:let-go', id }
  workers?.ready.then(
    ({ active }) => active?.postMessage(message),
    () => undefined, // Workers are switched off here.
  )
}

/** Leaves a note for the browser to wake the worker once the network is back. */
export function wakeWorkerOnline(): void {
  void askForSync(registration)
}
