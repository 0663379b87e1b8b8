// Stands in for `@holdfast/db` in a simulated world: the same functions with the same types, on a database that is a few
// maps and a line that breaks. That both behave alike is what test/contract/ledger.ts is for.
import type * as real from '@holdfast/db'
import * as chunks from './commit-chunks.ts'
import * as compacting from './compacting.ts'
import type { Database } from './database.ts'
import * as finalizing from './finalizing.ts'
import * as reading from './reading.ts'
import type { Tables } from './tables.ts'
import * as takes from './takes.ts'

type Work<Given extends unknown[], T> = (tables: Tables, ...given: Given) => T

/** One transaction: to the database, done at one moment there, and back. */
const transaction =
  <Given extends unknown[], T>(name: string, work: Work<Given, T>) =>
  (db: real.Db, ...given: Given): Promise<T> =>
    databaseOf(db).call(name, given, (tables) => work(tables, ...given))

/** The code under test passes its `Db` on and never looks inside. */
const databaseOf = (db: real.Db): Database => db as unknown as Database

/** What the simulated ledger offers: each as its namesake. */
type Offered = Omit<{ [Name in keyof typeof statements]: (typeof real)[Name] }, never>

const statements = {
  announceTake: transaction('announceTake', takes.announceTake),
  beat: transaction('beat', finalizing.beat),
  claimCompaction: transaction('claimCompaction', compacting.claimCompaction),
  claimDue: transaction('claimDue', finalizing.claimDue),
  claimOne: transaction('claimOne', finalizing.claimOne),
  claimRemovals: transaction('claimRemovals', compacting.claimRemovals),
  commitChunks: transaction('commitChunks', chunks.commitChunks),
  commitCompaction: transaction('commitCompaction', compacting.commitCompaction),
  commitFinish: transaction('commitFinish', takes.commitFinish),
  commitVersion: transaction('commitVersion', finalizing.commitVersion),
  compactAgain: transaction('compactAgain', compacting.compactAgain),
  countConflictCopies: transaction('countConflictCopies', takes.countConflictCopies),
  countLoneStart: transaction('countLoneStart', finalizing.countLoneStart),
  createRecording: transaction('createRecording', takes.createRecording),
  endIncarnation: transaction('endIncarnation', finalizing.endIncarnation),
  enterInstance: transaction('enterInstance', finalizing.enterInstance),
  failFinalization: transaction('failFinalization', finalizing.failFinalization),
  fenceOthers: transaction('fenceOthers', finalizing.fenceOthers),
  findChunk: transaction('findChunk', takes.findChunk),
  findPlaces: transaction('findPlaces', reading.findPlaces),
  findUnknownChunks: transaction('findUnknownChunks', reading.findUnknownChunks),
  holdsDamage: transaction('holdsDamage', reading.holdsDamage),
  isCompactionIdle: transaction('isCompactionIdle', compacting.isCompactionIdle),
  keepConflict: transaction('keepConflict', takes.keepConflict),
  markRemoved: transaction('markRemoved', compacting.markRemoved),
  moveChunks: transaction('moveChunks', compacting.moveChunks),
  openRecording: transaction('openRecording', reading.openRecording),
  postponeCompaction: transaction('postponeCompaction', compacting.postponeCompaction),
  // Nothing is deleted here: what a purge left behind is never looked for.
  purgeAgain: () => Promise.resolve(),
  queueCompactions: transaction('queueCompactions', compacting.queueCompactions),
  readAttempts: transaction('readAttempts', reading.readAttempts),
  readChunkPlaces: async function* (db: real.Db, id: string, after = { take: -1, seq: -1 }) {
    for (const place of await readChunkPage(db, id)) {
      if (place.take > after.take || (place.take === after.take && place.seq > after.seq))
        yield place
    }
  },
  readGapEdges: transaction('readGapEdges', reading.readGapEdges),
  readHave: transaction('readHave', reading.readHave),
  readMediaState: transaction('readMediaState', reading.readMediaState),
  readMissing: transaction('readMissing', reading.readMissing),
  readReadyEvent: transaction('readReadyEvent', reading.readReadyEvent),
  readRetired: transaction('readRetired', compacting.readRetired),
  readSegmentsInUse: transaction('readSegmentsInUse', reading.readSegmentsInUse),
  readStatus: transaction('readStatus', reading.readStatus),
  readTakeChunks: transaction('readTakeChunks', reading.readTakeChunks),
  readTakeHeads: transaction('readTakeHeads', reading.readTakeHeads),
  readTotals: transaction('readTotals', reading.readTotals),
  releaseLeases: transaction('releaseLeases', finalizing.releaseLeases),
  renewCompaction: transaction('renewCompaction', compacting.renewCompaction),
  renewLease: transaction('renewLease', finalizing.renewLease),
  resumeRecording: transaction('resumeRecording', takes.resumeRecording),
  touchRecordings: (db: real.Db, ids: readonly string[]) =>
    ids.length === 0 ? Promise.resolve() : touchSome(db, ids),
  writeIndexes: transaction('writeIndexes', takes.writeIndexes),
}

const touchSome = transaction('touchRecordings', takes.touchRecordings)
const readChunkPage = transaction('readChunkPlaces', reading.readChunkPage)

/** The same, as one value: what the contract is run against. */
export const simulatedLedger: Offered = statements

export const {
  announceTake,
  beat,
  claimCompaction,
  claimDue,
  claimOne,
  claimRemovals,
  commitChunks,
  commitCompaction,
  commitFinish,
  commitVersion,
  compactAgain,
  countConflictCopies,
  countLoneStart,
  createRecording,
  endIncarnation,
  enterInstance,
  failFinalization,
  fenceOthers,
  findChunk,
  findPlaces,
  findUnknownChunks,
  holdsDamage,
  isCompactionIdle,
  keepConflict,
  markRemoved,
  moveChunks,
  openRecording,
  postponeCompaction,
  purgeAgain,
  queueCompactions,
  readAttempts,
  readChunkPlaces,
  readGapEdges,
  readHave,
  readMediaState,
  readMissing,
  readReadyEvent,
  readRetired,
  readSegmentsInUse,
  readStatus,
  readTakeChunks,
  readTakeHeads,
  readTotals,
  releaseLeases,
  renewCompaction,
  renewLease,
  resumeRecording,
  touchRecordings,
  writeIndexes,
} = simulatedLedger

/** As db/ledger/read-have.ts. */
export const toTakeRanges: typeof real.toTakeRanges = (ranges) => Object.fromEntries(ranges)

/** As db/connection-lost.ts. */
export const isDatabaseAway: typeof real.isDatabaseAway = (error) =>
  (error as { code?: unknown } | null)?.code === 'CONNECTION_CLOSED'
