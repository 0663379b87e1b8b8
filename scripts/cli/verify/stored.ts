// `holdfast verify <id>` and `--all`: every stored chunk is read again and compared with what was acknowledged.
import { nextToScrub } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { type VerifyReport, verifyRecording } from '../../../server/verify/verify-recording.ts'
import { size } from '../human.ts'
import { knownRecording } from '../known-id.ts'
import { readProgress } from '../read-progress.ts'
import type { ExitCode } from '../run-command.ts'
import { plural, table } from '../table.ts'
import type { Workbench } from '../workbench.ts'

export type StoredFlags = {
  id?: string | undefined
  all: boolean
  /** Mends what can be mended, and marks the rest as missing. */
  apply: boolean
  json: boolean
}

type Line = Pick<VerifyReport, 'recordingId' | 'chunks' | 'bytes'> &
  Record<'damaged' | 'known' | 'recovered' | 'returned' | 'unreadable', number>

export async function verifyStored(bench: Workbench, flags: StoredFlags): Promise<ExitCode> {
  const ids = flags.all ? allIds(bench) : one(bench, flags.id)
  const bar = readProgress('Reading chunks', await totalBytes(bench, flags))
  const lines: Line[] = []
  for await (const id of ids) {
    const onChunk = ({ bytes }: { bytes: number }) => bar.add(bytes)
    const { db, store } = bench
    lines.push(lineOf(await verifyRecording({ db, store }, id, { mark: flags.apply, onChunk })))
  }
  bar.end('Everything was read.')
  const wrong = lines.filter((line) => !isRight(line))
  const report = {
    recordings: lines.length,
    chunks: sum(lines, 'chunks'),
    bytes: sum(lines, 'bytes'),
    wrong,
  }
  console.log(flags.json ? JSON.stringify(report, null, 2) : say(lines, wrong, flags.apply))
  return wrong.length === 0 ? 0 : 1
}

async function* one({ db }: Workbench, id: string | undefined): AsyncGenerator<string> {
  if (id === undefined) {
    const message = 'Name a recording, or say --all, or --receipt FILE.'
    throw new HoldfastError('bad_request', { message })
  }
  const row = await knownRecording(db, id)
  if (row.deletedAt) throw new HoldfastError('recording_deleted')
  yield row.id
}

async function* allIds({ db }: Workbench): AsyncGenerator<string> {
  let id = await nextToScrub(db, null)
  for (; id !== null; id = await nextToScrub(db, id)) yield id
}

async function totalBytes(bench: Workbench, { all, id }: StoredFlags): Promise<number> {
  if (process.stdout.isTTY !== true) return 0
  if (!all) return id === undefined ? 0 : (await knownRecording(bench.db, id)).bytes
  let total = 0
  for await (const one of allIds(bench)) total += (await knownRecording(bench.db, one)).bytes
  return total
}

function lineOf({ recordingId, chunks, bytes, ...found }: VerifyReport): Line {
  const { damaged, known, recovered, returned, unreadable } = found
  return {
    ...{ recordingId, chunks, bytes },
    damaged: damaged.length,
    known: known.length,
    recovered: recovered.length,
    returned: returned.length,
    unreadable: unreadable.length,
  }
}

/** What another copy has mended is right by now. */
const isRight = ({ damaged, known, unreadable }: Line): boolean =>
  damaged + known + unreadable === 0

const sum = (lines: readonly Line[], name: 'chunks' | 'bytes'): number =>
  lines.reduce((total, line) => total + line[name], 0)

function say(lines: readonly Line[], wrong: readonly Line[], isApplied: boolean): string {
  const read = `${plural(sum(lines, 'chunks'), 'chunk')} of ${plural(lines.length, 'recording')}, ${size(sum(lines, 'bytes'))}`
  const told = lines.filter((line) => !isRight(line) || line.recovered + line.returned > 0)
  if (told.length === 0) return `${read}: all as they were acknowledged.`
  const columns = ['damaged', 'known', 'recovered', 'returned', 'unreadable'] as const
  const rows = told.map((line) => [line.recordingId, ...columns.map((name) => String(line[name]))])
  const advice = isApplied
    ? ''
    : ' --apply takes other copies where there are any, and marks the rest.'
  return [
    `${read} are as they were acknowledged.`,
    '',
    table(['recording', ...columns], rows),
    '',
    `${plural(wrong.length, 'recording')} with damage.${advice}`,
  ].join('\n')
}
