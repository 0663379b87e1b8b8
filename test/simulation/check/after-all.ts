// What must be true when everything has come to rest: of every acknowledged chunk, every recording, every device.
import { createHash } from 'node:crypto'
import type { Db } from '@holdfast/db'
import { isSettled, toHex } from '@holdfast/protocol'
import { MediaFiles } from '../../../server/media-file/media-files.ts'
import { SoundChunks } from '../../../server/media-file/sound-chunks.ts'
import { openLocalStore } from '../../../server/store/local-store.ts'
import { segmentPath } from '../../../server/store/recording-folder.ts'
import { type Mark, marksIn } from '../browser/camera.ts'
import type { FileSystem } from '../disk/file-system.ts'
import { Process } from '../engine/process.ts'
import { inProcess, world } from '../engine/scheduler.ts'
import type { ChunkRow, Recording } from '../ledger/tables.ts'
import type { Person } from '../world/person.ts'
import { STORE_ROOT } from '../world/settings.ts'
import type { Site } from '../world/site.ts'
import type { Stranger } from '../world/stranger.ts'
import { checkGaps } from './gaps.ts'

export type Judged = {
  readonly site: Site
  readonly persons: readonly Person[]
  readonly recorders: readonly (Person | Stranger)[]
}

const INSPECTION_MS = 60_000
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** I1, at any moment: each acknowledged chunk has its row, and its bytes are where the row says. */
export function checkAcked({ site }: Judged): void {
  for (const id of site.witness.acked.keys()) {
    const recording = site.database.tables.recordings.get(id)
    for (const { take, seq, sha256: acked } of site.witness.chunksOf(id)) {
      const rows = recording ? [...recording.chunks.values()] : []
      const row = rows.find((one) => one.take === take && one.seq === seq)
      const chunk = `…${id.slice(-4)} ${take}/${seq}`
      if (!row) world().fail(`I1: acknowledged and not in the ledger: ${chunk}`)
      else if (toHex(row.sha256) !== acked)
        world().fail(`I1: other bytes were acknowledged: ${chunk}`)
      else if (!isReadable(site.files, id, { row, rotten: site.rotten })) {
        world().fail(`I1: acknowledged and not readable: ${chunk} in ${row.segment}`)
      }
    }
  }
}

type Wanted = { readonly row: ChunkRow; readonly rotten: ReadonlySet<string> }

export function isReadable(files: FileSystem, id: string, { row, rotten }: Wanted): boolean {
  const path = segmentPath(STORE_ROOT, id, row.segment)
  const bytes = bytesAt(files, path, row)
  if (bytes && sha256(bytes) === toHex(row.sha256)) return true
  // The disk lied about an object: then what it replaced must still be there.
  return rotten.has(path) && isElsewhere(files, id, row)
}

function bytesAt(files: FileSystem, path: string, { offset, bytes }: ChunkRow): Uint8Array | null {
  const node = files.find(path)
  return node && 'read' in node ? node.read(offset, bytes) : null
}

function isElsewhere(files: FileSystem, id: string, { sha256: wanted, bytes }: ChunkRow): boolean {
  const path = segmentPath(STORE_ROOT, id, 'x-0.seg')
  const { entries } = files.folder(path.slice(0, path.lastIndexOf('/')))
  return [...entries.values()].some((node) => {
    if (!('read' in node)) return false
    for (let at = 0; at + bytes <= node.length; at += 1) {
      if (sha256(node.read(at, bytes)) === toHex(wanted)) return true
    }
    return false
  })
}

/** Everything that can be asked of the end. */
export function checkEnd(judged: Judged): void {
  checkAcked(judged)
  for (const recording of judged.site.database.tables.recordings.values())
    checkRest(judged, recording)
  for (const person of judged.persons) checkDevice(judged, person)
  inspectFiles(judged)
}

function checkRest({ site }: Judged, recording: Recording): void {
  const { row, versions } = recording
  const who = `…${row.id.slice(-4)}`
  if (!isSettled(row.status) || row.generation !== row.finalizedGeneration) {
    world().fail(`I6: ${who} is still ${row.status}, generation ${row.generation}`)
    return
  }
  const made = versions.at(-1)
  if (recording.chunks.size > 0 && !made) world().fail(`I6: ${who} never became a version`)
  if (!made) return
  const late = [...recording.chunks.values()].filter(
    ({ generation }) => generation > made.generation,
  )
  if (late.length > 0)
    world().fail(`I7: ${late.length} chunks of ${who} came after its last version`)
  checkGaps(recording, made)
  const acked = new Set(site.witness.chunksOf(row.id).map(({ take, seq }) => `${take}/${seq}`))
  const isAllAcked = [...(site.witness.said.get(row.id) ?? [])].every(([take, chunks]) =>
    Array.from({ length: chunks }, (_, seq) => `${take}/${seq}`).every((key) => acked.has(key)),
  )
  if (row.finishedAt && site.witness.finished.has(row.id) && isAllAcked && row.status !== 'ready') {
    world().fail(`I9: all of ${who} and its stop are acknowledged, and it is ${row.status}`)
  }
}

/** I13: who came back has nothing left that was not acknowledged. */
function checkDevice({ site }: Judged, person: Person): void {
  if (!person.page || !person.waits) return
  const left = person.device.storage.rows.filter(({ key }) => key.length === 3)
  const acked = site.witness.acked.get(person.recordingId)?.size ?? 0
  world().fail(
    `I13: ${left.length} chunks wait on ${person.device.name} for ever, ${acked} are acknowledged`,
  )
}

/** I1: reads the newest version of every recording through the server's own code, and looks at every frame in it. */
function inspectFiles({ site, recorders }: Judged): void {
  const { files, database, network, rotten } = site
  const inspector = new Process('inspector', { files, database, network })
  const asked = [...database.tables.recordings.values()].filter(({ row }) => row.version > 0)
  let left = asked.length
  inProcess(inspector, () => {
    const db = database as unknown as Db
    void openLocalStore({ root: STORE_ROOT, incarnation: 'inspector' })
      .then(async (store) => {
        const chunks = new SoundChunks({
          db,
          store,
          onMoved: () => undefined,
          onDamage: () => undefined,
        })
        const media = new MediaFiles({
          db,
          store,
          chunks,
          verifier: { watch: (_id, work) => work() },
        })
        for (const recording of asked) {
          const { id, version } = recording.row
          const recorder = recorders.find(({ recordingId }) => recordingId === id)
          const isRotten = [...rotten].some((path) => path.includes(id))
          if (!isRotten) checkFrames(recording, await readMarks(media, id, version), recorder)
          left -= 1
        }
      })
      .catch((error) => world().fail(`I1: a version cannot be read: ${error?.stack ?? error}`))
  })
  const isRead = world().runUntilDone(
    () => left === 0 || world().failures.length > 0,
    INSPECTION_MS,
  )
  if (!isRead) world().fail('I1: a version is not read in time')
  inspector.kill()
}

async function readMarks(media: MediaFiles, id: string, version: number): Promise<Mark[]> {
  const file = await media.open(id, version)
  const parts: Uint8Array[] = []
  for await (const part of file.bytes(0, file.size)) parts.push(part)
  return marksIn(Buffer.concat(parts))
}

function checkFrames(
  { row }: Recording,
  found: readonly Mark[],
  recorder: Person | Stranger | undefined,
): void {
  const who = `…${row.id.slice(-4)}`
  if (new Set(found).size !== found.length) world().fail(`I1: ${who} holds a frame twice`)
  if (!areInOrder(found))
    world().fail(`I1: the frames of ${who} are not in their order: ${found.join(' ')}`)
  const recorded = recorder?.recorded ?? []
  const foreign = found.filter((mark) => !recorded.includes(mark))
  if (foreign.length > 0)
    world().fail(`I1: ${who} holds frames of somebody else: ${foreign.join(' ')}`)
  if (row.status === 'ready' && recorder?.owesEverything && found.length !== recorded.length) {
    const lost = recorded.filter((mark) => !found.includes(mark))
    world().fail(`I1: all of ${who} is acknowledged, and its file lacks ${lost.join(' ')}`)
  }
}

/** Each recorder's frames in one piece and in the order of their making. */
function areInOrder(marks: readonly Mark[]): boolean {
  const before = new Set<number>()
  return marks.every((mark, at) => {
    const [recorder, place] = placeOf(mark)
    const [last, lastPlace] = placeOf(marks[at - 1] ?? mark)
    if (recorder === last) return at === 0 || lastPlace < place
    before.add(last)
    return !before.has(recorder)
  })
}

function placeOf(mark: Mark): [recorder: number, place: number] {
  const [recorder = 0, slice = 0, at = 0] = mark.split('/').map(Number)
  return [recorder, slice * 1e3 + at]
}
