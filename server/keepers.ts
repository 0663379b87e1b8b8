// Those who look after what is stored when nobody records or plays it: what is deleted goes, segments become one, everything is
// read again, what the dead left is reconciled. Each runs in every instance; the ledger shares the work.
import type { Timing } from '@holdfast/db'
import { Compactor } from './compaction/compactor.ts'
import type { Config } from './config.ts'
import type { OpenedDatabase } from './database.ts'
import type { Finalizer } from './finalize/finalizer.ts'
import { cleanMadeFiles } from './jobs/made-cleaner.ts'
import type { OpenMedia } from './media-file/open-media.ts'
import type { Log } from './observe/log.ts'
import type { Metrics } from './observe/metrics.ts'
import { Reconciler } from './reconcile/reconciler.ts'
import { Purger } from './recordings/purger.ts'
import type { OpenedStore } from './store/open-store.ts'
import type { Scrubber } from './verify/scrubber.ts'

type KeeperParts = Pick<OpenMedia, 'media' | 'verifier' | 'scrubber'> &
  OpenedStore & {
    config: Config
    database: OpenedDatabase
    timing: Timing
    finalizer: Finalizer
    log: Log
    metrics: Metrics
  }

export type Keepers = {
  purger: Purger
  compactor: Compactor
  scrubber: Scrubber
  reconciler: Reconciler
}

export function makeKeepers(parts: KeeperParts): Keepers {
  const { config, database, media, verifier, scrubber, log, metrics } = parts
  const { timing, finalizer } = parts
  const { store, made: files, leftovers } = parts
  const { client } = database
  const { db } = client
  const forget = (id: string) => media.forget(id)
  const { retentionDays, exportDays, leaseMs, maxRecordingBytes } = config
  const cleanMade = () => cleanMadeFiles({ db, files, exportDays, log, metrics })
  const purger = new Purger({ db, store, retentionDays, forget, cleanMade, log, metrics })
  const compactor = new Compactor({
    ...{ db, store, leaseMs, forget, log, metrics },
    mend: (id) => verifier.suspect(id),
    afterMs: config.compactAfterMs,
    keepMs: config.keepReplacedMs,
  })
  const reconciler = new Reconciler({
    ...{ client, store, leftovers, timing, maxRecordingBytes, finalizer, purger, log, metrics },
    keepMs: config.keepReplacedMs,
    everyMs: config.reconcileMs,
  })
  return { purger, compactor, scrubber, reconciler }
}
