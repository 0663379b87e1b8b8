// Owns the sending of what earlier pages left behind. Only whoever owns a recording's lock drains it, so a
// live tab, another tab and the service worker never send the same one.
import { listIds, readRecording, type StoredRecording } from '../buffer/local-buffer.ts'
import { discardRecording } from '../buffer/whole-recordings.ts'
import type { BufferedUpload } from '../session/buffered-upload.ts'
import { quietly } from '../session/local-copy.ts'
import { ifFree, whileOwning } from '../session/ownership.ts'
import type { DrainOptions, Upload } from '../session/recording.ts'
import { askWorkerToLetGo, findWorker, tellWorker } from '../session/worker-link.ts'
import { pageRungs } from '../transport/rungs.ts'
import { pageTimer } from './page-timer.ts'
import { startDrain } from './start-drain.ts'

/** Drains of this page, by recording. */
const running = new Map<string, BufferedUpload>()

/** Ends this page's own drain of a recording, if there is one. */
export function endDrain(id: string): void {
  running.get(id)?.end()
}

/**
 * Sends every unsent recording that no live tab owns, without a click. The service worker makes way; those
 * that a tab owns are looked at again when they are free. Resolves with those found at once. One that cannot
 * be read holds up no other: `onUnreadable` is told, or else `reportError`.
 */
export async function drainUnsent(options: DrainOptions = {}): Promise<Upload[]> {
  findWorker()
  const found: Upload[] = []
  const ids = await listIds()
  await Promise.all(ids.map((id) => drainFree(id, options, found)))
  return found
}

/** Resolves when it is known whether `id` is free, and never rejects; the drain itself goes on. */
async function drainFree(id: string, options: DrainOptions, found: Upload[]): Promise<void> {
  const known = Promise.withResolvers<void>()
  const work = async () => {
    const upload = await drainOwned(id, options)
    if (upload) found.push(upload)
    known.resolve()
    await upload?.finished
  }
  void drainWhenFree(id, options, work, known.resolve).catch((error) => {
    known.resolve()
    // The app looks no longer.
    if (options.signal?.aborted) return
    const { onUnreadable = (_id, cause) => reportError(cause) } = options
    onUnreadable(id, error)
  })
  await known.promise
}

async function drainWhenFree(
  id: string,
  { signal }: DrainOptions,
  work: () => Promise<void>,
  isOwned: () => void,
): Promise<void> {
  if (await ifFree(id, work)) return
  isOwned()
  askWorkerToLetGo(id)
  await whileOwning(id, signal, work)
}

/** Sends what is stored of a recording that the caller owns; null when there is nothing to send. */
export async function drainOwned(
  id: string,
  options: DrainOptions,
): Promise<BufferedUpload | null> {
  const { server, auth, signal, onFound } = options
  const stored = await readRecording(id)
  if (!stored || signal?.aborted || (server && stored.row.server !== new URL(server).origin))
    return null
  if (isNothing(stored)) {
    quietly(
      discardRecording(
        id,
        stored.takes.map(({ take }) => take),
      ),
    )
    return null
  }
  const upload = startDrain(stored, { rungs: pageRungs(), timer: pageTimer(), auth })
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

/** Its page died before the recorder handed out anything: there is nothing to send, to play or to be told of. */
function isNothing({ takes, pending }: StoredRecording): boolean {
  return pending.size === 0 && takes.every(({ chunks }) => chunks === 0)
}

/** When this page goes the service worker goes on. */
function watchDrain(upload: BufferedUpload): () => void {
  const gone = () => tellWorker({ type: 'holdfast:drain-all' })
  const online = () => upload.retry()
  window.addEventListener('pagehide', gone)
  window.addEventListener('online', online)
  return () => {
    window.removeEventListener('pagehide', gone)
    window.removeEventListener('online', online)
  }
}
