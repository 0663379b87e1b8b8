// `@holdfast/web`: records a MediaStream so that it cannot be lost. Framework-free.
//
//   const recording = await record(stream, { title: 'Interview' })
//   recording.on('progress', ({ recordedMs, ackedMs }) => show(recordedMs, ackedMs))
//   await recording.stop()          // everything is durable on the server
//
//   await drainUnsent()             // once per visit: sends what an earlier one left behind
import type { DrainOptions, Recording, RecordOptions, Unsent, Upload } from './session/recording.ts'

export type * from './session/recording.ts'

/** Begins to record. Resolves once capture runs; never waits for the server. */
export declare function record(stream: MediaStream, options?: RecordOptions): Promise<Recording>

/** Sends every unsent recording that no live tab owns, without a click. Resolves with those found at once. */
export declare function drainUnsent(options?: DrainOptions): Promise<Upload[]>

/** Unsent recordings on this device that no tab is making or sending. Newest first. */
export declare function listUnsent(options?: { server?: string }): Promise<Unsent[]>

/** What of it is still on this device, as a playable or at least repairable file; null when nothing is. */
export declare function readUnsent(id: string): Promise<Blob | null>

/** Deletes the local copy for good. The one way by which an unacknowledged chunk is ever deleted here. */
export declare function deleteUnsent(id: string): Promise<void>

/** Room for recordings on this device. `minutes` at the given bit rate; null when the browser does not say. */
export declare function storageRoom(
  bitsPerSecond: number,
): Promise<{ persisted: boolean; freeBytes: number | null; minutes: number | null }>

/**
 * Puts a waiting version of the app in charge unless a recording is being made or sent in any tab.
 * `waiting` = try again after it; the page reloads by `controllerchange` as it sees fit.
 */
export declare function applyUpdate(
  registration: ServiceWorkerRegistration,
): Promise<'applied' | 'waiting' | 'none'>
