// Owns what pages and the service worker say to each other. A page that dies says it without waiting.
import type { ChunkRow, RecordingRow, TakeRow } from '../buffer/rows.ts'

/** A chunk that may not be on disk yet: its bytes, or the slice that nobody has read. */
export type HandedOver = { readonly take: number; readonly seq: number } & (
  | { readonly chunk: Omit<ChunkRow, 'sha256'> }
  /** Becomes raw chunks of at most `maxBytes` from `seq` on. */
  | { readonly slice: Blob; readonly maxBytes: number }
)

export type WorkerMessage =
  /** This page goes: store what is handed over, then send everything of the recording. */
  | {
      readonly type: 'holdfast:drain'
      readonly row: RecordingRow
      readonly takes: readonly TakeRow[]
      readonly chunks: readonly HandedOver[]
    }
  /** Send every recording that no page owns. */
  | { readonly type: 'holdfast:drain-all' }
  /** An open page sends this recording itself: let it go, unless what it has is nowhere else. */
  | { readonly type: 'holdfast:let-go'; readonly id: string }
  /** To a waiting worker: take over unless a tab records. Answered on the port. */
  | { readonly type: 'holdfast:apply-update' }
  /** To the worker in charge: another version takes over, which goes on with what is left. */
  | { readonly type: 'holdfast:stand-down' }

export type UpdateAnswer = 'applied' | 'waiting'

/** The Background Sync tag: the net below the net. */
export const SYNC_TAG = 'holdfast-drain'

export function isWorkerMessage(data: unknown): data is WorkerMessage {
  const type = (data as { type?: unknown } | null)?.type
  return typeof type === 'string' && type.startsWith('holdfast:')
}

type SyncRegistration = ServiceWorkerRegistration & {
  /** Chromium only. */
  readonly sync?: { register(tag: string): Promise<void> }
}

/** Asks to be woken when the network is back. Refused or unknown: then the next visit drains. */
export async function askForSync(registration: SyncRegistration | null): Promise<void> {
  try {
    await registration?.sync?.register(SYNC_TAG)
  } catch (error) {
    // Without permission, or without a worker in charge yet.
    if (!(error instanceof DOMException)) throw error
  }
}
