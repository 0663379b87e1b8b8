// `bun run bench parse`: how fast media reads recorded bytes on one core, as the browser cuts them and as the server indexes
// them. The recordings are synthetic, in the shape that Chromium writes; the last one is what no recorder writes.
import { joinBytes } from '../../media/ebml-writer.ts'
import { type MediaSpeed, measureMedia } from '../../test/support/media-speed.ts'
import { syntheticSlices } from '../../test/support/synthetic-webm.ts'
import { count, fixed, machineLine, markdownTable, median } from './markdown.ts'
import { watchOthers } from './others.ts'

export type ParseOptions = { rounds: number }

export const PARSE_DEFAULTS: ParseOptions = { rounds: 5 }

type Shape = { name: string; slices: () => Iterable<Uint8Array> }

const SHAPES: readonly Shape[] = [
  {
    name: 'camera and microphone, 3.5 Mbit/s',
    slices: () => syntheticSlices({ seconds: 600 }),
  },
  {
    name: 'the same at 0.2 Mbit/s',
    slices: () => syntheticSlices({ seconds: 3600, bytesPerSecond: 20_000 }),
  },
  { name: 'the smallest blocks there can be, 1 MiB a chunk', slices: smallestBlocks },
]

export async function benchParse({ rounds }: ParseOptions): Promise<void> {
  const rows: string[][] = []
  let noise = 0
  for (const { name, slices } of SHAPES) {
    const speeds: MediaSpeed[] = []
    // Once for the compiler alone.
    measureMedia(slices())
    for (let round = 1; round <= rounds; round++) {
      console.error(`${name}: round ${round} of ${rounds}`)
      const { value, othersShare } = await watchOthers(async () => measureMedia(slices()))
      speeds.push(value)
      noise = Math.max(noise, othersShare)
    }
    rows.push(row(name, speeds))
  }
  console.log(
    `${machineLine()}; medians of ${rounds} rounds; ` +
      `other programs used at most ${fixed(noise * 100, 0)} % of the machine\n`,
  )
  const titles = ['', 'cut in the browser (MB/s)', 'indexed by the server (MB/s)', 'ms a chunk']
  console.log(markdownTable([...titles, 'bytes of index a chunk'], rows))
}

function row(name: string, speeds: readonly MediaSpeed[]): string[] {
  const of = (value: (speed: MediaSpeed) => number): number => median(speeds.map(value))
  return [
    name,
    count(of((speed) => speed.alignBytesPerSecond / 1e6)),
    count(of((speed) => speed.indexBytesPerSecond / 1e6)),
    fixed(
      of((speed) => speed.indexMsPerChunk),
      2,
    ),
    count(of((speed) => speed.indexBytesPerChunk)),
  ]
}

/** Sound packets of no byte: six bytes a block, behind the header of a recording. */
function* smallestBlocks(): Generator<Uint8Array> {
  const [first = new Uint8Array(0)] = syntheticSlices({ seconds: 1 })
  yield first
  const block = Uint8Array.of(0xa3, 0x84, 0x81, 0x00, 0x00, 0x80)
  const blocks = joinBytes(Array.from({ length: Math.floor(2 ** 20 / block.length) }, () => block))
  for (let i = 0; i < 8; i++) yield blocks
}
