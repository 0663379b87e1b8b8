// `bun scripts/media-table/run.ts`: makes the tables of docs/media.md from the recorded takes, with ffprobe and Chromium as
// judges. Prints progress on stderr, and writes between the two marks of the page.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { corpusName, loadTakes, type RecordedTake } from '../../test/support/corpus.ts'
import type { Demuxer } from '../../test/support/ffmpeg.ts'
import { buildAsMp4 } from '../../test/support/take-pipeline.ts'
import { markdownTable } from '../bench/markdown.ts'
import { countChunks, DAMAGES, whole } from './damages.ts'
import { Judge, type Recorded, type Verdict } from './judge.ts'

const PAGE = join(import.meta.dirname, '../../docs/media.md')
const BEGIN = '<!-- made by scripts/media-table -->'
const END = '<!-- end -->'

type Row = { whole: string[]; damaged: string[] }

const yes = (value: boolean) => (value ? 'yes' : '**no**')
const percent = (share: number) => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`

/** The share, and what is wrong when something is. */
function damagedCell({ share, worstShiftMs, plays }: Verdict): string {
  if (share === 0) return 'nothing left'
  const wrong = [
    ...(worstShiftMs > 1 ? [`shifted ${Math.round(worstShiftMs)} ms`] : []),
    ...(plays ? [] : ['does not play']),
  ]
  return [percent(share), ...wrong].join(', ')
}

async function rowOf(judge: Judge, take: RecordedTake): Promise<Row> {
  const demuxer: Demuxer = take.isMp4 ? 'mp4' : 'matroska'
  const recorded = await judge.read(take.joined, demuxer)
  const verdict = await judge.judge(whole(take).bytes, demuxer, recorded)
  const undamaged = [
    take.name,
    yes(verdict.hasSamePackets),
    `${Math.round(verdict.worstShiftMs)} ms`,
    yes(verdict.plays),
    await asMp4(judge, take, recorded),
  ]
  const damaged = [take.name, String(countChunks(take))]
  for (const damage of DAMAGES) {
    const made = damage.make(take)
    damaged.push(
      made === null ? 'all lost' : damagedCell(await judge.judge(made.bytes, demuxer, recorded)),
    )
  }
  return { whole: undamaged, damaged }
}

async function asMp4(judge: Judge, take: RecordedTake, recorded: Recorded): Promise<string> {
  if (take.isMp4) return 'is one'
  const made = buildAsMp4(null, take.slices)
  if (!made) return 'by ffmpeg'
  const { plays, share } = await judge.judge(made.bytes, 'mp4', recorded)
  return plays && share === 1 ? 'at once' : `at once, ${percent(share)}`
}

const judge = await Judge.open()
try {
  const rows: Row[] = []
  for (const take of loadTakes()) {
    console.error(take.name)
    rows.push(await rowOf(judge, take))
  }
  const tables = [
    `Made from ${corpusName}.`,
    '### Nothing lost',
    markdownTable(
      ['set', 'same packets', 'times off by', 'plays and seeks', 'MP4'],
      rows.map(({ whole }) => whole),
    ),
    '### Chunks lost: the share of all recorded packets that is in the file',
    markdownTable(
      ['set', 'chunks', ...DAMAGES.map(({ name }) => name)],
      rows.map(({ damaged }) => damaged),
    ),
  ]
  const page = await readFile(PAGE, 'utf8')
  const [before = ''] = page.split(BEGIN)
  const after = page.split(END)[1] ?? '\n'
  await writeFile(PAGE, `${before}${BEGIN}\n\n${tables.join('\n\n')}\n\n${END}${after}`)
} finally {
  await judge.close()
}
