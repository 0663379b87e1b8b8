// The ledger: schema, connections, and one file per statement that matters in ledger/.
export { connectBounded } from './bounded-client.ts'
export * from './client.ts'
export { isDatabaseAway } from './connection-lost.ts'
export * from './database-facts.ts'
export type { DeliveryAttempt } from './delivery-tables.ts'
export { CHANNELS, DELIVERY_STATUSES } from './delivery-tables.ts'
export * from './durability.ts'
export type { Sample } from './instance-tables.ts'
export * from './ledger/adopt-recording.ts'
export * from './ledger/announce-take.ts'
export * from './ledger/beat.ts'
export {
  type CompactionClaim,
  claimCompaction,
  isCompactionIdle,
  postponeCompaction,
  queueCompactions,
  renewCompaction,
} from './ledger/claim-compaction.ts'
export * from './ledger/claim-deliveries.ts'
export { type Claim, claimDue, claimOne, type Timing } from './ledger/claim-due.ts'
export * from './ledger/claim-jobs.ts'
export * from './ledger/commit-chunks.ts'
export * from './ledger/commit-compaction.ts'
export * from './ledger/commit-finish.ts'
export * from './ledger/commit-version.ts'
export * from './ledger/count-pending.ts'
export * from './ledger/create-recording.ts'
export * from './ledger/dead-jobs.ts'
export * from './ledger/delete-recording.ts'
export * from './ledger/edit-recording.ts'
export * from './ledger/expire-recordings.ts'
export * from './ledger/fail-finalization.ts'
export * from './ledger/fence-instances.ts'
export * from './ledger/find-chunk.ts'
export * from './ledger/find-recording.ts'
export * from './ledger/judge-orphans.ts'
export * from './ledger/keep-conflict.ts'
export { type KeptParts, keepJobPart, type NewPart } from './ledger/keep-job-part.ts'
export * from './ledger/known-store.ts'
export { LIST_ORDERS, type ListCursor, type ListOrder } from './ledger/list-orders.ts'
export * from './ledger/list-recordings.ts'
export { holdsDamage, markDamaged } from './ledger/mark-damaged.ts'
export * from './ledger/notify-instances.ts'
export * from './ledger/open-recording.ts'
export * from './ledger/publish-event.ts'
export * from './ledger/purge-recording.ts'
export { dropOldDeliveries, isTold, replayDelivery } from './ledger/queue-deliveries.ts'
export { type JobName, queueJob } from './ledger/queue-job.ts'
export * from './ledger/read-chunk-places.ts'
export * from './ledger/read-chunk-run.ts'
export * from './ledger/read-deliveries.ts'
export * from './ledger/read-events.ts'
export * from './ledger/read-gap-edges.ts'
export * from './ledger/read-have.ts'
export * from './ledger/read-job-files.ts'
export * from './ledger/read-jobs.ts'
export * from './ledger/read-ledger-facts.ts'
export * from './ledger/read-media-state.ts'
export * from './ledger/read-missing.ts'
export * from './ledger/read-newest-take.ts'
export * from './ledger/read-operations.ts'
export * from './ledger/read-ready-event.ts'
export * from './ledger/read-receipt.ts'
export * from './ledger/read-recording.ts'
export * from './ledger/read-stale.ts'
export * from './ledger/read-status.ts'
export * from './ledger/read-story.ts'
export * from './ledger/read-take-chunks.ts'
export * from './ledger/read-totals.ts'
export * from './ledger/receipt-keys.ts'
export * from './ledger/reconcile-lock.ts'
export * from './ledger/release-leases.ts'
export * from './ledger/renew-lease.ts'
export * from './ledger/resume-recording.ts'
export {
  claimRemovals,
  compactAgain,
  type DueRemoval,
  forgetRetired,
  markRemoved,
  type RetiredSegment,
  readForgettable,
  readRetired,
} from './ledger/retired-segments.ts'
export * from './ledger/samples.ts'
export {
  claimScrub,
  endScrub,
  keepScrub,
  nextToScrub,
  type ScrubPosition,
  type ScrubTurn,
} from './ledger/scrub-turn.ts'
export * from './ledger/settle-delivery.ts'
export * from './ledger/settle-job.ts'
export * from './ledger/shared-secret.ts'
export * from './ledger/spent-jobs.ts'
export * from './ledger/touch-recordings.ts'
export * from './ledger/write-indexes.ts'
export * from './migrate.ts'
export type { PlayedTake } from './schema.ts'
export * as schema from './schema.ts'
