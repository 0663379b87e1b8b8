// Which chunks a recording lacks, worked out apart from what the server does (I8).
import { world } from '../engine/scheduler.ts'
import type { Recording, VersionRow } from '../ledger/tables.ts'

/** I8: a version tells exactly what it lacks, and is `ready` only when that is nothing. */
export function checkGaps(recording: Recording, { version, gaps, status }: VersionRow): void {
  const missing = missingOf(recording).join()
  const told = gaps.map(({ take, fromSeq, toSeq }) => `${take}:${fromSeq}-${toSeq}`).join()
  const who = `version ${version} of …${recording.row.id.slice(-4)}`
  if (told !== missing)
    world().fail(`I8: ${who} lacks ${missing} and tells of ${told || 'nothing'}`)
  if ((status === 'ready') !== (missing === ''))
    world().fail(`I8: ${who} is ${status}, lacks ${missing}`)
}

/** The holes below what was declared and what is stored, as `take:from-to`. */
function missingOf({ takes, totals, chunks }: Recording): string[] {
  const stored = new Set([...chunks.values()].map(({ take, seq }) => `${take}/${seq}`))
  const seqs = (take: number) =>
    [...chunks.values()].filter((one) => one.take === take).map(({ seq }) => seq + 1)
  return [...new Set([...takes.keys(), ...totals.keys()])]
    .sort((a, b) => a - b)
    .flatMap((take) => {
      const total = Math.max(totals.get(take) ?? 0, ...seqs(take))
      return holesBelow(total, (seq) => stored.has(`${take}/${seq}`)).map(
        (hole) => `${take}:${hole}`,
      )
    })
}

function holesBelow(total: number, has: (seq: number) => boolean): string[] {
  const holes: string[] = []
  for (let from = 0; from < total; from += 1) {
    if (has(from)) continue
    let to = from
    while (to + 1 < total && !has(to + 1)) to += 1
    holes.push(`${from}-${to}`)
    from = to
  }
  return holes
}
