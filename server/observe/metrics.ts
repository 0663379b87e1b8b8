// The numbers on /metrics, in the four groups an operator asks about (auto-finalize, grace, chunk, cleanup)
// and a few around them. One registry per server, passed in: two servers in one process never share one.
// Counters whose labels are known are there at 0 from the start: Prometheus sees no increase in a series that begins at 1.
import { ERRORS } from '@holdfast/protocol'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { FINDING_KINDS } from '../reconcile/finding.ts'
import { measureLag } from './event-loop-lag.ts'

/** From a durable append on a fast disk to a client's ack time-out. */
const ACK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** The layout of an hour takes tens of milliseconds. */
const FINALIZE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 30]
/** From a thumbnail to hours of encoding. */
const JOB_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800, 7200, 28_800]

export type BuildInfo = { readonly version: string; readonly runtime: string }

export type Metrics = ReturnType<typeof createMetrics>

/** Every metric of one server; `close` stops what measures in the background. */
export function createMetrics(build: BuildInfo) {
  const registry = new Registry()
  const make = makers(registry)
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 })
  make.gauge('build_info', 'What runs here; always 1.', ['version', 'runtime']).set({ ...build }, 1)
  const lag = make.gauge('event_loop_lag_seconds', 'Longest delay of a timer in the last 5 s.')
  const close = measureLag((seconds) => lag.set(seconds))
  return {
    registry,
    close,
    ...autoFinalizeMetrics(make),
    ...graceMetrics(make),
    ...chunkMetrics(make),
    ...cleanupMetrics(make),
    ...compactionMetrics(make),
    ...damageMetrics(make),
    ...jobMetrics(make),
    ...notifyMetrics(make),
    ...fleetMetrics(make),
    ...aroundMetrics(make),
  }
}

type Makers = ReturnType<typeof makers>

function makers(registry: Registry) {
  const options = (name: string, help: string) => ({
    name: `holdfast_${name}`,
    help,
    registers: [registry],
  })
  return {
    counter: <L extends string>(name: string, help: string, labels: Labels<L> = []) => {
      const labelNames = Array.isArray(labels) ? labels : (Object.keys(labels) as L[])
      const made = new Counter<L>({ ...options(name, help), labelNames })
      if (!Array.isArray(labels)) for (const each of combinations(labels)) made.inc(each, 0)
      return made
    },
    gauge: <L extends string>(name: string, help: string, labelNames: L[] = []) =>
      new Gauge<L>({ ...options(name, help), labelNames }),
    seconds: <L extends string>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: L[] = [],
    ) => new Histogram<L>({ ...options(name, help), buckets, labelNames }),
  }
}

/** Names of labels; or of each label every value it can have. */
type Labels<L extends string> = L[] | Known<L>
type Known<L extends string> = { readonly [label in L]: readonly string[] }

function combinations<L extends string>(known: Known<L>): Record<L, string>[] {
  return (Object.keys(known) as L[]).reduce(
    (all, label) => all.flatMap((one) => known[label].map((value) => ({ ...one, [label]: value }))),
    [{} as Record<L, string>],
  )
}

const TRANSPORTS = { transport: ['websocket', 'http', 'beacon', 'webtransport'] } as const

const autoFinalizeMetrics = ({ counter, gauge, seconds }: Makers) => ({
  /** By `status` (ready, incomplete, empty) and by `reason` of the protocol. */
  finalized: counter('auto_finalize_total', 'Results committed.', ['status', 'reason']),
  finalizeFailed: counter('auto_finalize_failures_total', 'Attempts that failed.', {
    code: Object.keys(ERRORS),
  }),
  finalizeLostRace: counter('auto_finalize_lost_races_total', 'Commits refused by the fence.'),
  finalizePending: gauge('auto_finalize_pending', 'Recordings with work to do.'),
  finalizeLag: gauge(
    'auto_finalize_lag_seconds',
    'How long the recording that has waited longest has been due, with nobody at it.',
  ),
  finalizeSeconds: seconds('auto_finalize_seconds', 'Claim to commit.', FINALIZE_SECONDS),
})

const graceMetrics = ({ counter }: Makers) => ({
  graceReconnects: counter('grace_reconnects_total', 'Recorders that came back within the grace.'),
  graceExpired: counter('grace_expiries_total', 'Recordings whose grace time ran out.'),
  graceReleased: counter('grace_releases_total', 'Claims given up: a sign of life came meanwhile.'),
})

/** Acked = rows of the ledger = chunks in versions + purged (I14). */
const chunkMetrics = ({ counter, seconds }: Makers) => ({
  chunkReceived: counter('chunk_received_total', 'CHUNK frames that arrived.', TRANSPORTS),
  chunkBytes: counter('chunk_bytes_total', 'Media bytes that arrived.', TRANSPORTS),
  chunkStored: counter('chunk_stored_total', 'New rows in the ledger.', TRANSPORTS),
  chunkAcked: counter('chunk_acked_total', 'Acks sent, duplicates included.', TRANSPORTS),
  chunkDuplicates: counter(
    'chunk_duplicates_total',
    'Chunks that were stored already.',
    TRANSPORTS,
  ),
  chunkConflicts: counter('chunk_conflicts_total', 'Other bytes under a number that is taken.'),
  chunkRejected: counter('chunk_rejected_total', 'NACKs, by code.', ['code']),
  chunkMissing: counter('chunk_missing_total', 'Chunks that a result had to do without.'),
  chunkAckSeconds: seconds('chunk_ack_seconds', 'Arrival of a chunk to its ack.', ACK_SECONDS),
})

const cleanupMetrics = ({ counter, gauge }: Makers) => ({
  cleanupDeleted: counter('cleanup_deleted_total', 'Deletions asked for.', ['cause']),
  cleanupRestored: counter('cleanup_restored_total', 'Deletions undone.'),
  cleanupPurged: counter('cleanup_purged_total', 'Recordings whose bytes were removed.'),
  cleanupChunks: counter('cleanup_chunks_total', 'Ledger rows removed with them.'),
  cleanupBytes: counter('cleanup_bytes_total', 'Bytes removed from the store.'),
  cleanupSegments: counter(
    'cleanup_segments_total',
    'Segments removed after an object replaced them.',
  ),
  cleanupOrphans: counter('cleanup_orphans_total', 'Objects removed that no ledger row named.'),
  cleanupFailed: counter('cleanup_failures_total', 'Removals that failed and will be repeated.'),
  cleanupMade: counter('cleanup_made_files_total', 'Exports and the like removed, by age.'),
  /** `outcome`: mended, left (for a person), failed (it will be tried again). */
  cleanupReconciled: counter('cleanup_reconciled_total', 'What reconciliation found, by outcome.', {
    kind: Object.keys(FINDING_KINDS),
    outcome: ['mended', 'left', 'failed'],
  }),
  cleanupPending: gauge('cleanup_pending', 'Deleted recordings that wait for their purge.'),
})

const compactionMetrics = ({ counter }: Makers) => ({
  /** `outcome`: compacted, nothing (it was one segment), lost, postponed, failed. */
  compactions: counter('compaction_total', 'Attempts, by how they ended.', {
    outcome: ['compacted', 'nothing', 'lost', 'postponed', 'failed'],
  }),
  compactionBytes: counter('compaction_bytes_total', 'Bytes of the objects that were made.'),
})

const damageMetrics = ({ counter }: Makers) => ({
  /** `outcome`: marked, recovered (from another copy), returned (right again), unreadable (all of a recording). */
  damageFound: counter('damage_chunks_total', 'Chunks that were not as acknowledged.', {
    outcome: ['marked', 'recovered', 'returned', 'unreadable'],
  }),
  scrubbedBytes: counter('scrub_bytes_total', 'Stored bytes that were read again by the scrubber.'),
  scrubPasses: counter('scrub_passes_total', 'Times that everything stored was read to its end.'),
})

const jobMetrics = ({ counter, gauge, seconds }: Makers) => ({
  /** `outcome`: done, nothing (to make it from), failed, again, lost (also cancelled), released. */
  jobs: counter('jobs_total', 'Attempts at jobs that ended.', ['kind', 'outcome']),
  jobSeconds: seconds('job_seconds', 'One attempt at a job.', JOB_SECONDS, ['kind']),
  jobsPending: gauge('jobs_pending', 'Jobs that wait or run, on all instances.'),
})

const notifyMetrics = ({ counter }: Makers) => ({
  /** `outcome`: delivered, skipped (nothing a person should read), again, failed. */
  notifications: counter('notifications_total', 'Attempts at webhooks and e-mails.', [
    'channel',
    'outcome',
  ]),
})

const fleetMetrics = ({ counter, gauge }: Makers) => ({
  instances: gauge('instances', 'Servers on this ledger whose heart beats, by version.', [
    'version',
  ]),
  busAway: gauge('bus_away', '1 while Redis is away and events of other instances are polled.'),
  busSent: counter('bus_sent_total', 'Times the other instances were told of new events.'),
  busHeard: counter('bus_heard_total', 'Times another instance told of new events.'),
})

const aroundMetrics = ({ counter, gauge }: Makers) => ({
  sessions: gauge('ingest_sessions', 'Open ingest sessions.', ['transport']),
  /** `outcome`: opened, refused (another path or host, or too many). */
  webTransportSessions: counter('webtransport_sessions_total', 'WebTransport sessions.', [
    'outcome',
  ]),
  eventStreams: gauge('event_streams', 'Open event streams.'),
  liveViewers: gauge('live_viewers', 'Viewers who follow a recording live.'),
  mediaBytes: counter('media_bytes_total', 'Bytes of recordings that were served.'),
  diskFree: gauge('disk_free_bytes', 'Free bytes where the store lies.'),
  storeFailures: counter(
    'store_failures_total',
    'Writes or syncs that failed; their segments are set aside.',
  ),
  storeFailing: gauge('store_failing', '1 while the store cannot be written.'),
  httpRequests: counter('http_requests_total', 'Answers, by route and status.', [
    'method',
    'route',
    'status',
  ]),
})
