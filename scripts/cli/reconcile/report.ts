// What a reconciliation found, for a person and for a program.
import { FINDING_KINDS, type FindingKind } from '../../../server/reconcile/finding.ts'
import type { Reconciled } from '../../../server/reconcile/reconcile.ts'
import { plural, table } from '../table.ts'

export type Summary = {
  readonly applied: boolean
  /** Nothing is left to do, for it or for a person. */
  readonly isClean: boolean
  readonly counts: Readonly<Record<string, number>>
}

export function summarize(findings: readonly Reconciled[], applied: boolean): Summary {
  const counts: Record<string, number> = {}
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1
  return { applied, isClean: findings.every(({ outcome }) => outcome === 'mended'), counts }
}

const OUTCOMES: Record<Reconciled['outcome'], string> = {
  found: 'would',
  mended: 'done',
  left: 'left',
  failed: 'FAILED',
}
/** A long table is for --json. */
const MAX_ROWS = 200

export function reportText(findings: readonly Reconciled[], { applied, counts }: Summary): string {
  if (findings.length === 0) return 'Nothing to do: ledger and store agree.'
  const rows = findings.slice(0, MAX_ROWS).map(rowOf)
  const more = findings.length - rows.length
  const found = Object.entries(counts).map(
    ([kind, count]) => `  ${count} × ${FINDING_KINDS[kind as FindingKind]}`,
  )
  return [
    table(['found', 'recording', 'what', '', 'remedy'], rows),
    ...(more > 0 ? [`… and ${more} more: --json has them all`] : []),
    '',
    ...found,
    '',
    ending(findings, applied),
  ].join('\n')
}

function rowOf({ kind, recordingId, what, remedy, outcome, detail }: Reconciled): string[] {
  return [kind, recordingId ?? '-', what, OUTCOMES[outcome], detail ?? remedy]
}

function ending(findings: readonly Reconciled[], applied: boolean): string {
  const of = (outcome: Reconciled['outcome']) =>
    findings.filter((one) => one.outcome === outcome).length
  if (!applied) {
    return `Nothing was changed. --apply mends ${plural(of('found'), 'finding')}, ${of('left')} it cannot.`
  }
  return `${of('mended')} mended, ${of('left')} left, ${of('failed')} failed.`
}
