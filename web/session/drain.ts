// Owns the sending of what earlier pages left behind. Only whoever owns a recording's lock drains it, so a
// live tab, another tab and the service worker never send the same one.
import { listIds, readRecording } from '../buffer/local-buffer.ts'
import type { BufferedUpload } from './buffered-upload.ts'
import { ifFree, whileOwning } from './ownership.ts'
import { pageTimer } from './page-timer.ts'
import type { DrainOptions, Upload } from './recording.ts'
import { startDrain } from './start-drain.ts'
import { findWorker, tellWorker } from './worker-link.ts'

/** Drains of this page, by recording. */
const running = new Map<string, BufferedUpload>()

/** Ends this page's own drain of a recording, if there is one. */
export function endDrain(id: string): void {
  running.get(id)?.end()
}

/**
 * Sends every unsent recording that no live tab owns, without a click. Those that a tab or the service
 * worker owns now are looked at again when they are free. Resolves with those found at once.
 */
export async function drainUnsent(options: DrainOptions = {}): Promise<Upload[]> {
  findWorker()
  const found: Upload[] = []
  const ids = await listIds()
  await Promise.all(ids.map((id) => drainFree(id, options, found)))
  return found
}

/** Resolves when it is known whether `id` is free; the drain itself goes on. */
async function drainFree(id: string, options: DrainOptions, found: Upload[]): Promise<void> {
  const known = Promise.withResolvers<void>()
  const isFree = ifFree(id, async () => {
    const upload = await openUpload(id, options)
    if (upload) found.push(upload)
    known.resolve()
    await upload?.finished
  })
  void isFree.then((wasFree) => {
    known.resolve()
    if (!wasFree) void drainLater(id, options)
  })
  await known.promise
}

async function drainLater(id: string, options: DrainOptions): Promise<void> {
  try {
    await whileOwning(id, options.signal, async () => {
      const upload = await openUpload(id, options)
      await upload?.finished
    })
  } catch (error) {
    // The app looked no longer.
    if (!options.signal?.aborted) throw error
  }
}

async function openUpload(id: string, options: DrainOptions): Promise<BufferedUpload | null> {
  const { server, auth, signal, onFound } = options
  const stored = await readRecording(id)
  if (!stored || signal?.aborted || (server && stored.row.server !== new URL(server).origin))
    return null
  const upload = startDrain(stored, { rungs: ['websocket', 'http'], timer: pageTimer(), auth })
  running.set(id, upload)
  const unwatch = watchDrain(upload)
  const stop = () => upload.end()
  signal?.addEventListener('abort', stop, { once: true })
  void upload.finished.then(() => {
    signal?.removeEventListener('abort', stop)
    running.delete(id)
    unwatch()
  })
  onFound?.(upload)
  return upload
}

/** When this page goes the service worker goes on. */
function watchDrain(upload: BufferedUpload): () => void {
  const gone = () => tellWorker({ type: 'holdfast:drain-all' })
  const online = () => upload.dispatch({ type: 'nudge' })
  window.addEventListener('pagehide', gone)
  window.addEventListener('online', online)
  return () => {
    window.removeEventListener('pagehide', gone)
    window.removeEventListener('online', online)
  }
}
