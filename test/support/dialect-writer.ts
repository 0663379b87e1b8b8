// Recorded packets written again as other recorders, muxers and the specification (RFC 9559) have it. SYNTHETIC: packets
// are real, the elements around them are made here, so that each dialect is one difference and nothing else.
import { crc32 } from 'node:zlib'
import { startIndex } from '@holdfast/media'
import { ID } from '../../media/ebml.ts'
import { element, joinBytes, uintBytes, uintElement } from '../../media/ebml-writer.ts'
import { indexChunk } from '../../media/index-chunk.ts'
import { readHeader } from '../../media/webm-header.ts'
import { parseWebm } from '../../media/webm-parser.ts'
import { startWebm } from '../../media/webm-state.ts'

export type Packet = { track: number; ms: number; isKey: boolean; bytes: Uint8Array }

export type Source = {
  /** The Tracks element as recorded. */
  tracks: Uint8Array
  video: number
  audio: number
  packets: readonly Packet[]
}

/** One way to write a take; what is left out is as Chromium has it. */
export type Dialect = {
  docType?: string
  /** Nanoseconds a tick. @default 1,000,000 */
  scaleNs?: number
  isSegmentKnown?: boolean
  /** Longest Cluster; block times have 16 bits. @default 1000 */
  clusterMs?: number
  /** The children of the Segment before its first Cluster. */
  front?: (info: Uint8Array, tracks: Uint8Array) => Uint8Array[]
  cluster?: (children: readonly Uint8Array[]) => Uint8Array
  /** Children of a Cluster beside its blocks: before and behind the Timecode. */
  beforeTimecode?: () => Uint8Array[]
  behindTimecode?: () => Uint8Array[]
  blocks?: (cluster: Cluster) => Uint8Array[]
  /** What follows the n-th Cluster. */
  between?: (n: number) => Uint8Array[]
  back?: Uint8Array[]
}

export type Cluster = { ticks: number; scaleNs: number; source: Source; packets: readonly Packet[] }

/** Tracks and packets of a recorded take. */
export function readSource(joined: Uint8Array): Source {
  const { header } = indexChunk(startIndex(null), joined).index
  if (!header) throw new Error('not a take')
  const tracks = readHeader(header).children.find((child) => child.id === ID.tracks)?.whole
  if (!tracks) throw new Error('no tracks')
  const packets = parseWebm(startWebm(), joined).events.flatMap((event) => {
    if (event.type !== 'block') return []
    const { track, keyframe, payloadBytes } = event.lead
    const bytes = joined.slice(event.end - payloadBytes, event.end)
    return [{ track, ms: event.timeTicks, isKey: keyframe, bytes }]
  })
  // A picture that refers to no other is what only one of the two tracks ever lacks.
  const video = packets.find((packet) => !packet.isKey)?.track ?? 0
  const audio = packets.find((packet) => packet.track !== video)?.track ?? 0
  return { tracks, video, audio, packets }
}

export function writeDialect(source: Source, dialect: Dialect): Uint8Array {
  const { scaleNs = 1_000_000, docType = 'webm', between = () => [], back = [] } = dialect
  const info = element(ID.info, uintElement(ID.timecodeScale, scaleNs))
  const front = dialect.front?.(info, source.tracks) ?? [info, source.tracks]
  const clusters = splitClusters(source, dialect).map((packets, n) => {
    const ticks = toTicks(packets[0]?.ms ?? 0, scaleNs)
    const cluster = writeCluster({ ticks, scaleNs, source, packets }, dialect)
    return joinBytes([cluster, ...between(n)])
  })
  const inside = joinBytes([...front, ...clusters, ...back])
  const ebml = element(ID.ebml, element(ID.docType, new TextEncoder().encode(docType)))
  if (dialect.isSegmentKnown) return joinBytes([ebml, element(ID.segment, inside)])
  return joinBytes([ebml, uintBytes(ID.segment), UNKNOWN_SIZE, inside])
}

const UNKNOWN_SIZE = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)

const toTicks = (ms: number, scaleNs: number): number => Math.round((ms * 1e6) / scaleNs)

function writeCluster(cluster: Cluster, dialect: Dialect): Uint8Array {
  const blocks = dialect.blocks ?? ((of: Cluster) => of.packets.map((one) => simpleBlock(one, of)))
  const wrap = dialect.cluster ?? unknownCluster
  return wrap([
    ...(dialect.beforeTimecode?.() ?? []),
    uintElement(ID.timecode, cluster.ticks),
    ...(dialect.behindTimecode?.() ?? []),
    ...blocks(cluster),
  ])
}

/** A Cluster begins with every picture that refers to no other, and when it is long enough. */
function splitClusters({ packets, video }: Source, { clusterMs = 1000 }: Dialect): Packet[][] {
  const clusters: Packet[][] = []
  let from = Number.NEGATIVE_INFINITY
  for (const packet of packets) {
    const begins = (packet.isKey && packet.track === video) || packet.ms - from >= clusterMs
    if (begins) {
      clusters.push([])
      from = packet.ms
    }
    clusters.at(-1)?.push(packet)
  }
  return clusters
}

export function unknownCluster(children: readonly Uint8Array[]): Uint8Array {
  return joinBytes([uintBytes(ID.cluster), UNKNOWN_SIZE, ...children])
}

export function knownCluster(children: readonly Uint8Array[]): Uint8Array {
  return element(ID.cluster, ...children)
}

/** Track, time, flags and payload, as Block and SimpleBlock have them. */
export function blockBody(packet: Packet, { ticks, scaleNs }: Cluster, flags: number): Uint8Array {
  const time = toTicks(packet.ms, scaleNs) - ticks
  const head = Uint8Array.of(0x80 | packet.track, (time >> 8) & 0xff, time & 0xff, flags)
  return joinBytes([head, packet.bytes])
}

export function simpleBlock(packet: Packet, cluster: Cluster, flags = 0): Uint8Array {
  return element(ID.simpleBlock, blockBody(packet, cluster, flags | (packet.isKey ? 0x80 : 0)))
}

/** A BlockGroup; a picture that refers to another one says so. */
export function blockGroup(packet: Packet, cluster: Cluster, ...more: Uint8Array[]): Uint8Array {
  const references = packet.isKey ? [] : [element(ID.referenceBlock, Uint8Array.of(0xce))]
  return element(
    ID.blockGroup,
    element(ID.block, blockBody(packet, cluster, 0)),
    ...references,
    ...more,
  )
}

/** The element with a CRC-32 of its children in front of them, as the specification wants it. */
export function withCrc(id: number, ...children: readonly Uint8Array[]): Uint8Array {
  const sum = new Uint8Array(4)
  new DataView(sum.buffer).setUint32(0, crc32(joinBytes(children)), true)
  return element(id, element(ID.crc32, sum), ...children)
}

export const LACINGS = { xiph: 1, fixed: 2, ebml: 3 } as const

/** Sound packets three to a block; pictures alone. Fixed sizes only where three are of one length. */
export function lacedBlocks(cluster: Cluster, lacing: keyof typeof LACINGS): Uint8Array[] {
  const { source, packets } = cluster
  const sounds = packets.filter((packet) => packet.track === source.audio)
  const pictures = packets.filter((packet) => packet.track !== source.audio)
  const blocks = pictures.map((picture) => simpleBlock(picture, cluster))
  for (let i = 0; i < sounds.length; i += 3) {
    blocks.push(lacedBlock(sounds.slice(i, i + 3), cluster, lacing))
  }
  return blocks
}

function lacedBlock(
  sounds: readonly Packet[],
  cluster: Cluster,
  lacing: keyof typeof LACINGS,
): Uint8Array {
  const [first] = sounds
  if (!first) throw new Error('nothing to lace')
  if (sounds.length === 1) return simpleBlock(first, cluster)
  const sizes = sounds.map((sound) => sound.bytes.length)
  const lace = joinBytes([Uint8Array.of(sounds.length - 1), ...LACES[lacing](sizes)])
  const bytes = joinBytes([lace, ...sounds.map((sound) => sound.bytes)])
  return simpleBlock({ ...first, bytes }, cluster, LACINGS[lacing] << 1)
}

const LACES = {
  fixed: (sizes: readonly number[]) => {
    if (new Set(sizes).size > 1) throw new Error('not of one length')
    return []
  },
  xiph: (sizes: readonly number[]) =>
    sizes
      .slice(0, -1)
      .map((size) => Uint8Array.from([...Array(Math.floor(size / 255)).fill(255), size % 255])),
  /** The first size, then differences around 2^13 - 1; two bytes each. */
  ebml: (sizes: readonly number[]) =>
    sizes.slice(0, -1).map((size, i) => {
      const value = i === 0 ? size : size - (sizes[i - 1] ?? 0) + 8191
      return Uint8Array.of(0x40 | (value >> 8), value & 0xff)
    }),
}
