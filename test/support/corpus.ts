// The recorded chunk sets that media is proven on: the whole corpus where it lies beside the repository, and the few
// sets in test/fixtures. Bytes are given as a recorder gave them and are never changed.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const WHOLE = join(ROOT, '../shared/corpus')
const FIXTURES = join(ROOT, 'test/fixtures/corpus')
const FOLDERS = existsSync(WHOLE) ? [WHOLE, FIXTURES] : [FIXTURES]

/** For test names: which sets a run was about. */
export const corpusName =
  FOLDERS[0] === WHOLE ? 'the whole corpus' : 'the fixtures (the whole corpus is not here)'

/** One run of one MediaRecorder. */
export type RecordedTake = {
  /** Name of the set, and the take when it has several. */
  readonly name: string
  readonly mimeType: string
  readonly isMp4: boolean
  /** Each BlobEvent's bytes, in order, empty ones included. */
  readonly slices: readonly Uint8Array[]
  readonly joined: Uint8Array
}

type SetIndex = {
  mimeType: string
  chunks: { take?: number; size: number; file: string | null }[]
}

/** All takes of all sets, by name. */
export function loadTakes(): RecordedTake[] {
  const sets = FOLDERS.flatMap((folder) => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  return [...new Set(sets)].sort().flatMap(loadSet)
}

/** The takes of Matroska shape, whatever their mimeType is called. */
export function loadWebmTakes(): RecordedTake[] {
  return loadTakes().filter((take) => !take.isMp4)
}

/** The takes of fragmented MP4. */
export function loadMp4Takes(): RecordedTake[] {
  return loadTakes().filter((take) => take.isMp4)
}

/** @throws when the corpus at hand has no such take */
export function loadTake(name: string): RecordedTake {
  const take = loadSet(name)[0]
  if (!take) throw new Error(`${name} has no take`)
  return take
}

function loadSet(set: string): RecordedTake[] {
  const folder = FOLDERS.map((root) => join(root, set)).find(existsSync)
  if (!folder) throw new Error(`no set ${set} here`)
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as SetIndex
  const numbers = [...new Set(index.chunks.map((chunk) => chunk.take ?? 0))]
  return numbers.map((take) => {
    const slices = index.chunks
      .filter((chunk) => (chunk.take ?? 0) === take)
      .map(({ file, size }) =>
        file && size > 0 ? new Uint8Array(readFileSync(join(folder, file))) : new Uint8Array(0),
      )
    return {
      name: numbers.length > 1 ? `${set} take ${take}` : set,
      mimeType: index.mimeType,
      isMp4: index.mimeType.includes('mp4'),
      slices,
      joined: new Uint8Array(Buffer.concat(slices)),
    }
  })
}
