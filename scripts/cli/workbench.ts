// Ledger and store as the server of these settings has them, for commands that work beside it or without it. Must never make
// a new installation out of a wrong folder.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseClient, Db, Timing } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { uuidv7 } from 'uuidv7'
import { type Config, readConfig } from '../../server/config.ts'
import { openDatabase } from '../../server/database.ts'
import { Finalizer } from '../../server/finalize/finalizer.ts'
import { gapMsFor } from '../../server/finalize/sweeper.ts'
import { layOutRecording } from '../../server/media-file/lay-out-recording.ts'
import { createLog, type Log } from '../../server/observe/log.ts'
import { createMetrics, type Metrics } from '../../server/observe/metrics.ts'
import { Purger } from '../../server/recordings/purger.ts'
import { type OpenedStore, openStore } from '../../server/store/open-store.ts'
import { requireSameStore } from '../../server/store/same-store.ts'
import type { StorePlace } from '../../server/store/store-place.ts'

export type Workbench = OpenedStore & {
  readonly config: Config
  readonly log: Log
  readonly metrics: Metrics
  readonly client: DatabaseClient
  readonly db: Db
  /** No server can be at work: the embedded database is ours. */
  readonly isAlone: boolean
  readonly timing: Timing
  readonly finalizer: Finalizer
  readonly purger: Purger
  close(): Promise<void>
}

/** Warnings and errors of the parts go to stderr: stdout is the command's answer. */
function commandLog(): Log {
  const level = process.env.LOG_LEVEL === 'debug' ? 'debug' : 'warn'
  const destination = { write: (line: string) => void process.stderr.write(line) }
  return createLog({ level, isPlain: true, destination })
}

type WorkbenchOptions = {
  /** Begins with an empty ledger where there is none. @default refuses */
  mayBegin?: boolean
}

/** @throws HoldfastError `config_invalid`, and as `openDatabase` */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const config = readConfig(process.env)
  requireInstallation(config, options.mayBegin ?? false)
  const log = commandLog()
  const database = await openDatabase(config, log, { isCommand: true })
  const { client } = database
  const { db } = client
  const opened = await openStore(config.store, {
    incarnation: uuidv7(),
    workDir: join(config.dataDir, 'making'),
    onFailure: ({ recordingId, segment, error }) =>
      log.error({ recordingId, segment, error }, 'the store failed'),
    onWarning: (warning) => log.warn({}, warning),
  })
  const { store } = opened
  try {
    await requireSameStore(db, opened.identity)
  } catch (error) {
    await store.close()
    await database.close()
    throw error
  }
  const metrics = createMetrics({ version: 'command', runtime: 'command' })
  const { graceMs, leaseMs, sweepMs } = config
  const timing = { graceMs, leaseMs, gapMs: gapMsFor(sweepMs, graceMs) }
  const layOut = (id: string, generation: number) => layOutRecording({ db, store }, id, generation)
  const forget = () => undefined
  return {
    ...{ config, log, metrics, client, db, ...opened, timing },
    isAlone: database.isExclusive,
    finalizer: new Finalizer({ db, timing, layOut, log, metrics }),
    purger: new Purger({ db, store, retentionDays: 0, forget, log, metrics }),
    close: async () => {
      metrics.close()
      await store.close()
      await database.close()
    },
  }
}

function requireInstallation({ databaseUrl, dataDir, store }: Config, mayBegin: boolean): void {
  if (databaseUrl !== null || existsSync(join(dataDir, 'postgres'))) return
  if (mayBegin && isThere(store)) return
  throw new HoldfastError('config_invalid', {
    message: `There is no ledger in ${dataDir}. Set HOLDFAST_DATA_DIR or DATABASE_URL as for the server.`,
  })
}

/** A bucket that is not there stops the start by itself. */
const isThere = (place: StorePlace): boolean => place.kind === 's3' || existsSync(place.dir)
