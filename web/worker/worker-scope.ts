// Owns the few types of a service worker that TypeScript's DOM library does not have.

export interface ExtendableEvent extends Event {
  /** Keeps the worker alive until the promise settles; about five minutes at most. */
  waitUntil(work: Promise<unknown>): void
}

export interface ExtendableMessageEvent extends ExtendableEvent {
  readonly data: unknown
  readonly ports: readonly MessagePort[]
}

export interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

export interface SyncEvent extends ExtendableEvent {
  readonly tag: string
}

export interface WorkerScope {
  readonly registration: ServiceWorkerRegistration
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', handler: (event: ExtendableEvent) => void): void
  addEventListener(type: 'message', handler: (event: ExtendableMessageEvent) => void): void
  addEventListener(type: 'fetch', handler: (event: FetchEvent) => void): void
  addEventListener(type: 'sync', handler: (event: SyncEvent) => void): void
}
