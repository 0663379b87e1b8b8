// Owns what the part that captures knows of the part that sends. That one comes later, and nothing here waits for it.
import type { UploaderEvent } from '../sender/uploader-state.ts'
import type { LastWords } from './hand-over.ts'
import type { TakeChunks } from './recording.ts'

/** Sends one recording. */
export interface Sender {
  /** Where each chunk is, as it knows. */
  readonly chunks: readonly TakeChunks[]
  /** The server refused for good. */
  readonly isRefused: boolean
  /** The longest chunk that the server takes, as far as that is known. */
  readonly maxChunkBytes: number
  /** Tells what happened to the recording here. */
  dispatch(event: UploaderEvent): void
  /** Brings what was edited to the server, if it knows the recording. A failure is tried again with the next ack. */
  saveEdits(): void
  /** At `pagehide`, without waiting. @param hasHeir the service worker was told too */
  sayFarewell(words: LastWords, hasHeir: boolean): void
  /** Stops; what is unsent stays stored. */
  end(): void
}
