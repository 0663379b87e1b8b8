// WebM and Matroska as others write it. SYNTHETIC: each dialect is a recorded take written again with one difference.
import { ID } from '../../media/ebml.ts'
import {
  element,
  floatElement,
  joinBytes,
  uintBytes,
  uintElement,
} from '../../media/ebml-writer.ts'
import { loadTake } from './corpus.ts'
import {
  blockGroup,
  type Dialect,
  knownCluster,
  lacedBlocks,
  readSource,
  type Source,
  simpleBlock,
  withCrc,
  writeDialect,
} from './dialect-writer.ts'

const camera = readSource(loadTake('webm-vp8-opus-requestdata-6s').joined)
/** Sound in packets of one length. */
const pcm = readSource(loadTake('audio-webm-pcm-ts1000-4s').joined)

const room = (bytes: number) => element(ID.void, new Uint8Array(bytes))
const cues = element(ID.cues, element(ID.cuePoint, uintElement(ID.cueTime, 0)))
const tags = element(ID.tags, element(0x7373, element(0x63c0)))
const attachments = element(
  ID.attachments,
  element(0x61a7, element(0x465c, new Uint8Array(50_000))),
)
const alien = (id: number) => element(id, new Uint8Array(77).fill(0xa3))

const DIALECTS: Record<string, Dialect> = {
  'Clusters of known size': { cluster: knownCluster },
  'a Segment of known size': { cluster: knownCluster, isSegmentKnown: true },
  'a Segment of known size around Clusters of unknown size': { isSegmentKnown: true },
  'Void everywhere': {
    front: (info, tracks) => [room(5), info, room(3000), tracks, room(0)],
    beforeTimecode: () => [room(9)],
    behindTimecode: () => [room(1)],
    blocks: (of) =>
      of.packets.map((one) => joinBytes([blockGroup(one, of, room(8)), room(one.ms % 90)])),
    between: () => [room(200)],
    cluster: knownCluster,
  },
  'Cues, Tags and Attachments in front': {
    front: (info, tracks) => [info, tracks, cues, tags, attachments, room(20_000)],
  },
  'Cues, Tags and Attachments between Clusters': {
    between: (n) => [[cues], [tags, attachments]][n % 2] ?? [],
  },
  'Cues and Tags at the end': { back: [cues, tags], cluster: knownCluster },
  'Tracks before Info, and both once more': {
    front: (info, tracks) => [tracks, info],
    between: (n) =>
      n === 1 ? [element(ID.info, uintElement(ID.timecodeScale, 1_000_000)), camera.tracks] : [],
  },
  'fixed lacing': { blocks: (of) => lacedBlocks(of, 'fixed') },
  'Xiph lacing': { blocks: (of) => lacedBlocks(of, 'xiph') },
  'EBML lacing': { blocks: (of) => lacedBlocks(of, 'ebml') },
  'BlockGroups with and without references': {
    blocks: (of) => of.packets.map((one) => blockGroup(one, of)),
  },
  'BlockGroups with durations': {
    blocks: (of) =>
      of.packets.map((one) =>
        one.track === of.source.audio
          ? blockGroup(one, of, uintElement(ID.blockDuration, 60))
          : simpleBlock(one, of),
      ),
  },
  'CRC-32 in every element': {
    front: (info, tracks) => [info, tracks].map((whole) => withCrc(...takeApart(whole))),
    cluster: (children) => withCrc(ID.cluster, ...children),
  },
  Matroska: { docType: 'matroska', cluster: knownCluster },
  'a track of subtitles, and one of a kind that nobody knows': {
    front: (info, tracks) => [info, withTracks(tracks, [17, 'S_TEXT/UTF8'], [0x10, 'X_LOGO'])],
    blocks: (of) => {
      const words = { track: 3, ms: of.packets[0]?.ms ?? 0, isKey: true, bytes: Uint8Array.of(72) }
      const said = blockGroup(words, of, uintElement(ID.blockDuration, 500))
      const pictures = of.packets.map((one) => simpleBlock(one, of))
      return [said, simpleBlock({ ...words, track: 4 }, of), ...pictures]
    },
  },
  'elements that nobody knows': {
    front: (info, tracks) => [alien(0x2fffff + 0x10), info, tracks, alien(0x4fff)],
    behindTimecode: () => [alien(0x8f), alien(0x5abc)],
    between: () => [alien(0x1abcdef0)],
    cluster: knownCluster,
  },
  EncryptedBlock: { behindTimecode: () => [alien(0xaf)] },
  'PrevSize and Position in Clusters': {
    cluster: knownCluster,
    behindTimecode: () => [uintElement(0xa7, 12_345), uintElement(0xab, 6_789)],
  },
  'a tick of 0.1 ms': { scaleNs: 100_000 },
  'a tick of 1 µs': { scaleNs: 1000, clusterMs: 30 },
  'a tick of 1/48000 s': { scaleNs: 20_833, clusterMs: 500 },
  'Firefox, since it no longer waits for the end of a Cluster': { front: firefoxFront },
  'Firefox, when it wrote whole Clusters': { front: firefoxFront, cluster: knownCluster },
  'WebKit: as libwebm writes to a pipe': { between: () => [], back: [cues, tags] },
}

/** An empty SeekHead, a Duration of 0, sizes of 8 bytes. */
function firefoxFront(_: Uint8Array, tracks: Uint8Array): Uint8Array[] {
  const info = [uintElement(ID.timecodeScale, 1_000_000), floatElement(ID.duration, 0)]
  return [element(ID.seekHead), element(ID.info, ...info), tracks].map(wide)
}

/** Tracks with more entries, numbered from 3. */
function withTracks(tracks: Uint8Array, ...more: [type: number, codecId: string][]): Uint8Array {
  const entries = more.map(([type, codecId], i) =>
    element(
      ID.trackEntry,
      uintElement(ID.trackNumber, 3 + i),
      uintElement(0x73c5, 3 + i),
      uintElement(ID.trackType, type),
      element(ID.codecId, new TextEncoder().encode(codecId)),
    ),
  )
  return element(ID.tracks, takeApart(tracks)[1], ...entries)
}

/** The same element with a size of 8 bytes. */
function wide(whole: Uint8Array): Uint8Array {
  const [id, payload] = takeApart(whole)
  const size = uintBytes(payload.length, 8)
  size[0] = 0x01
  return joinBytes([uintBytes(id), size, payload])
}

function takeApart(whole: Uint8Array): [number, Uint8Array] {
  const view = new DataView(whole.buffer, whole.byteOffset)
  const size = view.getUint8(4)
  const sizeBytes = Math.clz32(size) - 23
  return [view.getUint32(0), whole.subarray(4 + sizeBytes)]
}

export type WrittenDialect = { name: string; source: Source; bytes: Uint8Array; plain: Uint8Array }

/** All dialects, and beside each the same packets as Chromium would have written them. */
export function writeDialects(): WrittenDialect[] {
  return Object.entries(DIALECTS).map(([name, dialect]) => {
    const source = name === 'fixed lacing' ? pcm : camera
    return {
      name,
      source,
      bytes: writeDialect(source, dialect),
      plain: writeDialect(source, {}),
    }
  })
}
