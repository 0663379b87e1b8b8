// `bun run bench finalize`: the seekable file of a long recording, computed from the indexes that ingest made,
// against a program that copies the bytes. The recording is synthetic, in the shape that Chromium writes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MediaSpeed, measureMedia } from '../../test/support/media-speed.ts'
import { syntheticSlices } from '../../test/support/synthetic-webm.ts'
import { count, fixed, machineLine, markdownTable, median } from './markdown.ts'
import { watchOthers } from './others.ts'

export type FinalizeOptions = { rounds: number; minutes: number }

export const FINALIZE_DEFAULTS: FinalizeOptions = { rounds: 3, minutes: 60 }

type Round = { speed: MediaSpeed; joinMs: number; copyMs: number }

export async function benchFinalize({ rounds, minutes }: FinalizeOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const done: Round[] = []
  let noise = 0
  try {
    for (let round = 1; round <= rounds; round++) {
      console.error(`round ${round} of ${rounds}`)
      const { value, othersShare } = await watchOthers(() => runRound(folder, minutes * 60))
      done.push(value)
      noise = Math.max(noise, othersShare)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
  print(done, minutes, noise)
}

async function runRound(folder: string, seconds: number): Promise<Round> {
  const speed = measureMedia(syntheticSlices({ seconds }))
  const [joined, copied] = [join(folder, 'joined.webm'), join(folder, 'copied.webm')]
  const joinMs = await timed(() => joinSlices(joined, seconds))
  const copyMs = await timed(() => copyDurably(joined, copied))
  const { size } = await stat(copied)
  if (size < speed.bytes * 0.9) throw new Error(`ffmpeg copied ${size} of ${speed.bytes} bytes`)
  await Promise.all([rm(joined), rm(copied)])
  return { speed, joinMs, copyMs }
}

/** What a program that copies needs first: all chunks in one file. */
async function joinSlices(path: string, seconds: number): Promise<void> {
  const file = createWriteStream(path)
  for (const slice of syntheticSlices({ seconds })) {
    if (!file.write(slice)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
}

/** Both ways end with something that survives a power cut: the layout is a row of the ledger. */
async function copyDurably(from: string, to: string): Promise<void> {
  const quiet = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y']
  const args = [...quiet, '-f', 'matroska', '-i', from, '-c', 'copy', to]
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`ffmpeg: exit ${code}`)
  const handle = await open(to, 'r+')
  await handle.datasync()
  await handle.close()
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function print(rounds: readonly Round[], minutes: number, noise: number): void {
  const [first] = rounds
  if (!first) return
  const { chunks, clusters, bytes, indexBytesPerChunk, headerBytes } = first.speed
  const of = (value: (round: Round) => number): number => median(rounds.map(value))
  const layoutMs = of(({ speed }) => speed.decodeMs + speed.layoutMs)
  const copyMs = of((round) => round.copyMs)
  const times = (ms: number): string => fixed(ms / layoutMs, 0)
  console.log(
    `${machineLine()}; ${minutes} minutes, ${count(chunks)} chunks, ${count(clusters)} Clusters, ` +
      `${count(bytes / 1e6)} MB; medians of ${rounds.length} rounds; ` +
      `other programs used at most ${fixed(noise * 100, 0)} % of the machine\n`,
  )
  console.log(
    markdownTable(
      ['', 'ms', 'times the layout', 'bytes written'],
      [
        ['layout from the indexes', fixed(layoutMs, 1), '1', count(headerBytes)],
        ['`ffmpeg -c copy`, joined file at hand', count(copyMs), times(copyMs), count(bytes)],
        [
          'joining the chunks first',
          ...joinCells(
            of((round) => round.joinMs),
            times,
            bytes,
          ),
        ],
      ],
    ),
  )
  console.log(
    `\nAt ingest, per chunk of ${count(bytes / chunks / 1000)} kB: ` +
      `${fixed(
        of(({ speed }) => speed.indexMsPerChunk),
        2,
      )} ms and ${fixed(indexBytesPerChunk, 0)} bytes of index.`,
  )
}

const joinCells = (ms: number, times: (ms: number) => string, bytes: number): string[] => [
  count(ms),
  times(ms),
  count(bytes),
]
