// Repairs all that a person named: finds what belongs together, rebuilds each take, writes what plays, and tells what
// was found. Never changes a file that was there.
import { basename, dirname, join, resolve } from 'node:path'
import { findParts, REPAIRED } from './find-parts.ts'
import { PartReader } from './part-bytes.ts'
import { groupParts, type PartSet } from './part-sets.ts'
import { type Rebuilt, rebuildTake, type Take } from './rebuild.ts'
import { splitTakes } from './takes.ts'
import { writeVirtualFile } from './write-file.ts'

export type TakeReport = {
  readonly files: number
  readonly container: 'webm' | 'mp4' | 'raw'
  /** As recorded: `V_VP9`, `A_OPUS`, … */
  readonly codecs: readonly string[]
  readonly durationMs: number | null
  /** Where nothing is, in ms of the take's own time. */
  readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[]
  /** Its own header is lost; that of another take was put in front. */
  readonly hasForeignHeader: boolean
  /** The file that plays; null = nothing in these bytes can be played. */
  readonly written: string | null
}

export type SetReport = {
  readonly name: string
  readonly files: number
  readonly missing: PartSet['missing']
  /** Paths of files whose number a longer file has. */
  readonly doubles: readonly string[]
  /** A list sorted as text would have joined them in another order. */
  readonly isTextOrderWrong: boolean
  readonly takes: readonly TakeReport[]
}

type Work = { set: PartSet; take: Take; rebuilt: Rebuilt; hasForeignHeader: boolean }

/** @throws Error when a path is not there, or nothing could be written where the result belongs */
export async function repair(paths: readonly string[]): Promise<SetReport[]> {
  const sets = groupParts((await findParts(paths)).filter(({ bytes }) => bytes > 0))
  const reader = new PartReader()
  try {
    const works: Work[] = []
    for (const set of sets) works.push(...(await rebuildSet(reader, set)))
    const mended = await Promise.all(works.map((work) => lendHeader(work, works)))
    return await report(sets, mended, outputOf(paths, mended))
  } finally {
    await reader.close()
  }
}

async function rebuildSet(reader: PartReader, set: PartSet): Promise<Work[]> {
  const works: Work[] = []
  for (const take of await splitTakes(reader, set)) {
    const rebuilt = await rebuildTake(reader, take, null)
    works.push({ set, take, rebuilt, hasForeignHeader: false })
  }
  return works
}

/** Recorders of one page write the same header: that of a sibling is the best there is. */
async function lendHeader(work: Work, all: readonly Work[]): Promise<Work> {
  if (work.rebuilt.header) return work
  const ofSameSet = all.filter(({ set }) => set === work.set)
  const lender = [...ofSameSet, ...all].find(({ rebuilt }) => rebuilt.header !== null)
  if (!lender?.rebuilt.header) return work
  const reader = new PartReader()
  const rebuilt = await rebuildTake(reader, work.take, lender.rebuilt.header)
  await reader.close()
  if (!isPlayable(rebuilt)) return work
  return { ...work, rebuilt, hasForeignHeader: true }
}

const isPlayable = ({ file }: Rebuilt) => file.container !== 'raw' && (file.durationMs ?? 0) > 0

async function report(
  sets: readonly PartSet[],
  works: readonly Work[],
  pathOf: (work: Work) => (n: number) => string,
): Promise<SetReport[]> {
  const reports: SetReport[] = []
  for (const set of sets) {
    const takes: TakeReport[] = []
    for (const work of works) if (work.set === set) takes.push(await finish(work, pathOf(work)))
    const names = set.parts.map(({ name }) => name)
    reports.push({
      name: set.name,
      files: set.parts.length,
      missing: set.missing,
      doubles: set.doubles.map(({ path }) => path),
      isTextOrderWrong: names.toSorted().some((name, n) => name !== names[n]),
      takes,
    })
  }
  return reports
}

async function finish(work: Work, pathOf: (n: number) => string): Promise<TakeReport> {
  const { file, pieces } = work.rebuilt
  const written = isPlayable(work.rebuilt) ? await writeVirtualFile(file, pieces, pathOf) : null
  const spans = file.runs.filter((run) => run !== null)
  return {
    files: work.take.parts.length,
    container: file.container,
    codecs: file.tracks.map(({ codecId }) => codecId),
    durationMs: file.durationMs,
    gaps: spans.slice(1).map(({ startMs }, n) => ({ fromMs: spans[n]?.endMs ?? 0, toMs: startMs })),
    hasForeignHeader: work.hasForeignHeader,
    written,
  }
}

/** Beside the folder or the file that was named; with the set's name and the take's number where there are more. */
function outputOf(
  paths: readonly string[],
  works: readonly Work[],
): (work: Work) => (n: number) => string {
  const playable = works.filter(({ rebuilt }) => isPlayable(rebuilt))
  return (work) => {
    const folder = paths.find((path) => resolve(path) === dirname(resolve(firstPath(work))))
    const isOnly = playable.every(({ set }) => set === work.set)
    const own = isOnly && folder ? [] : [work.set.name.replace(/\.\w{1,5}$/, '')]
    const stem = [...(folder ? [basename(resolve(folder))] : []), ...own].join('-')
    const takes = playable.filter(({ set }) => set === work.set)
    const take = takes.length > 1 ? `-take${takes.indexOf(work) + 1}` : ''
    const place = folder ? dirname(resolve(folder)) : dirname(firstPath(work))
    const again = (n: number) => (n > 1 ? `-${n}` : '')
    return (n) => join(place, `${stem}${take}${REPAIRED}${again(n)}.${endingOf(work)}`)
  }
}

const firstPath = ({ take }: Work) => take.parts[0]?.path ?? ''

const WEBM_CODECS = /^(V_VP8|V_VP9|V_AV1|A_OPUS|A_VORBIS)$/

function endingOf({ rebuilt: { file } }: Work): string {
  if (file.container === 'mp4') return 'mp4'
  return file.tracks.every(({ codecId }) => WEBM_CODECS.test(codecId)) ? 'webm' : 'mkv'
}
