// Owns the service worker: the offline shell, shared files, the drain after a page is gone, and when an update may take
// over. It never touches a recording that a page owns.
import { isAnyMaking } from '../session/ownership.ts'
import { serveShell } from './app-shell.ts'
import { receiveShares } from './receive-share.ts'
import { drainAll, drainHandedOver, letGo, standDown } from './worker-drain.ts'
import {
  askForSync,
  isWorkerMessage,
  SYNC_TAG,
  type UpdateAnswer,
  type WorkerMessage,
} from './worker-messages.ts'
import type { ExtendableMessageEvent, WorkerScope } from './worker-scope.ts'

declare const self: WorkerScope & {
  readonly __WB_MANIFEST: Parameters<typeof serveShell>[1]
}

receiveShares(self)
serveShell(self, self.__WB_MANIFEST)

self.addEventListener('install', (event) => {
  // The first worker takes over at once, so that the first visit has a net already; an update waits.
  if (!self.registration.active) event.waitUntil(self.skipWaiting())
})

self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

self.addEventListener('message', (event) => {
  if (isWorkerMessage(event.data)) event.waitUntil(obey(event.data, event))
})

self.addEventListener('sync', (event) => {
  if (event.tag === SYNC_TAG) event.waitUntil(drainAll())
})

/** The version before this one may have stood down in the middle of a drain: this one goes on with it. */
async function takeOver(): Promise<void> {
  await self.clients.claim()
  // By a message, since whatever waits for the activation itself would wait for the drain too.
  const message: WorkerMessage = { type: 'holdfast:drain-all' }
  self.registration.active?.postMessage(message)
}

async function obey(message: WorkerMessage, event: ExtendableMessageEvent): Promise<void> {
  if (message.type === 'holdfast:apply-update') return await applyUpdate(event)
  if (message.type === 'holdfast:stand-down') return standDown()
  if (message.type === 'holdfast:let-go') return letGo(message.id)
  // If this worker is ended before all is sent, the browser wakes it again.
  await askForSync(self.registration)
  await (message.type === 'holdfast:drain' ? drainHandedOver(message) : drainAll())
}

async function applyUpdate({ ports }: ExtendableMessageEvent): Promise<void> {
  const isBusy = await isAnyMaking()
  const answer: UpdateAnswer = isBusy ? 'waiting' : 'applied'
  ports[0]?.postMessage(answer)
  if (!isBusy) await self.skipWaiting()
}
