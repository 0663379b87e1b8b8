// `holdfast reconcile`: the ledger against the store. Looks, says what it found, and mends only when told to.
import { releaseLeases, withReconcileLock } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { ALONE, BESIDE, untilOthersBeat } from '../../../server/reconcile/beside.ts'
import type { Site } from '../../../server/reconcile/finding.ts'
import { type Reconciled, reconcile } from '../../../server/reconcile/reconcile.ts'
import { readProgress } from '../read-progress.ts'
import { type ExitCode, onWorkbench } from '../run-command.ts'
import type { Workbench } from '../workbench.ts'
import { reportText, summarize } from './report.ts'

type Flags = { apply: boolean; rebuild: boolean; json: boolean }

export const reconcileCommand = defineCommand({
  meta: {
    name: 'reconcile',
    description:
      'Compare ledger and store, and mend what differs. Changes nothing without --apply.',
  },
  args: {
    apply: { type: 'boolean', description: 'Mend what was found.', default: false },
    rebuild: {
      type: 'boolean',
      description: 'Adopt recordings that the ledger does not know, out of their segments.',
      default: false,
    },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  run: ({ args }) => onWorkbench((bench) => runReconcile(bench, args), { mayBegin: args.rebuild }),
})

async function runReconcile(bench: Workbench, flags: Flags): Promise<ExitCode> {
  const findings = await withReconcileLock(bench.client, () => look(bench, flags))
  if (!findings) {
    throw new HoldfastError('unavailable', {
      message: 'Another process reconciles this ledger now. Try again when it is done.',
    })
  }
  const summary = summarize(findings, flags.apply)
  const text = flags.json
    ? JSON.stringify({ ...summary, findings }, null, 2)
    : reportText(findings, summary)
  console.log(text)
  return summary.isClean ? 0 : 1
}

async function look(bench: Workbench, { apply, rebuild }: Flags): Promise<Reconciled[]> {
  // Whoever held a lease on a database that is ours alone is dead.
  if (apply && bench.isAlone) await releaseLeases(bench.db)
  const bar = readProgress('Reading segments', await totalBytes(bench))
  const findings: Reconciled[] = []
  const site = siteOf(bench, rebuild, (bytes) => bar.add(bytes))
  const options = { isApplying: apply, isThorough: true }
  await reconcile(site, { ...options, onFinding: (finding) => findings.push(finding) })
  bar.end('All segments were read.')
  return findings
}

function siteOf(bench: Workbench, isRebuilding: boolean, onRead: (bytes: number) => void): Site {
  const { db, store, leftovers, timing, config, finalizer, purger, isAlone } = bench
  const signal = stopSignal()
  return {
    ...{ db, store, leftovers, timing, isRebuilding, onRead, signal },
    untilOthersBeat: () => untilOthersBeat(timing, signal),
    ...(isAlone ? ALONE : BESIDE),
    maxRecordingBytes: config.maxRecordingBytes,
    keepMs: config.keepReplacedMs,
    finalize: (id) => finalizer.finalizeNow(id, 'reconcile'),
    purge: () => purger.sweep(),
  }
}

/** Ctrl+C ends between two steps: what is begun is whole or is begun anew. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => controller.abort(new HoldfastError('shutting_down')))
  }
  return controller.signal
}

async function totalBytes({ store }: Workbench): Promise<number> {
  if (process.stdout.isTTY !== true) return 0
  let total = 0
  for await (const id of store.recordings()) {
    for (const { bytes } of await store.segments(id)) total += bytes
  }
  return total
}
