// What ingest tells the operator: metrics per chunk, a log line per fault, never one per chunk.
import type { OpenedRecording } from '@holdfast/db'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { ChunkVerdict, Transport } from './chunk-intake.ts'

export type Observed = {
  /** A recorder was admitted on a socket or stream. */
  onReturn: (row: OpenedRecording) => void
  onVerdict: (verdict: ChunkVerdict, of: Arrival) => void
  /** The cause of a failure that the client only sees as `unavailable`. */
  onFault: (recordingId: string, cause: unknown) => void
}

type Arrival = { transport: Transport; bytes: number; ms: number }

export type ObservedOptions = {
  log: Log
  metrics: Metrics
  pingMs: number
  /** Writes into the recording's story that its recorder was away for so long. */
  tellReturn: (recordingId: string, awayMs: number) => Promise<void>
}

export function observe(options: ObservedOptions): Observed {
  const { log, metrics } = options
  return {
    onReturn: (row) => noteReturn(options, row),
    onVerdict: (verdict, of) => countVerdict(metrics, verdict, of),
    onFault: (recordingId, error) => {
      log.warn(
        { recordingId, error },
        'refused for now: the store or the database is not available',
      )
    },
  }
}

function noteReturn(options: ObservedOptions, row: OpenedRecording): void {
  const { log, metrics, pingMs, tellReturn } = options
  if (row.chunkCount === 0 || row.finishedAt) return
  // Two clocks, which is good enough for a number on a chart; nothing is decided by it.
  const silentMs = Date.now() - row.lastSeenAt.getTime()
  if (row.status === 'recording' && silentMs > pingMs) {
    metrics.graceReconnects.inc()
    // Nothing waits for it: a story may lack a line.
    tellReturn(row.id, silentMs).catch((error: unknown) => log.debug({ error }, 'not told'))
  }
  log.info({ recordingId: row.id, silentMs, status: row.status }, 'the recorder came back')
}

function countVerdict(metrics: Metrics, verdict: ChunkVerdict, arrival: Arrival): void {
  const { transport, bytes, ms } = arrival
  metrics.chunkReceived.inc({ transport })
  metrics.chunkBytes.inc({ transport }, bytes)
  if (typeof verdict !== 'string') {
    metrics.chunkRejected.inc({ code: verdict.refused })
    if (verdict.refused === 'chunk_conflict') metrics.chunkConflicts.inc()
    return
  }
  metrics.chunkAckSeconds.observe(ms / 1000)
  metrics.chunkAcked.inc({ transport })
  if (verdict === 'stored') metrics.chunkStored.inc({ transport })
  else metrics.chunkDuplicates.inc({ transport })
}
