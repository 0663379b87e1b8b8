// Bytes made worse in the ways that hurt a reader of elements: changed ids and sizes, torn, doubled and spliced parts. The
// same random numbers give the same bytes.

export type Random = () => number
export type Pieces = readonly (readonly number[])[]

/** What a reader of WebM trips over. */
export const WEBM_PIECES: Pieces = [
  [0x00],
  [0x01],
  [0x7f],
  [0x80],
  [0xff],
  // Ids that the reader acts on: Cluster, SimpleBlock, BlockGroup, Block, Void, CRC-32, Segment, EBML, Timecode.
  [0x1f, 0x43, 0xb6, 0x75],
  [0xa3],
  [0xa0],
  [0xa1],
  [0xec],
  [0xbf],
  [0x18, 0x53, 0x80, 0x67],
  [0x1a, 0x45, 0xdf, 0xa3],
  [0xe7],
  // Sizes: none, unknown in one byte and in eight, past 2^32, past 2^53, the largest of a length.
  [0x80],
  [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x08, 0xff, 0xff, 0xff, 0xff],
  [0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00],
  [0x01, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xfe],
  // A Cluster from nowhere, with a timecode past all reason.
  [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  // Times below 2^53 that are no times: a Timecode, the same in a Cluster, a BlockDuration; a tick of a second.
  [0xe7, 0x86, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x87, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x9b, 0x86, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0x2a, 0xd7, 0xb1, 0x84, 0x3b, 0x9a, 0xca, 0x00],
  // Blocks: laced in three ways, of a strange track, empty.
  [0xa3, 0x86, 0x81, 0x00, 0x00, 0x82, 0xff, 0xff],
  [0xa3, 0x86, 0x81, 0x00, 0x00, 0x86, 0xff, 0x01],
  [0xa3, 0x86, 0x81, 0x7f, 0xff, 0x84, 0x03, 0x00],
  [0xa3, 0x84, 0xff, 0x80, 0x00, 0x80],
]

const ascii = (type: string) => Array.from(type, (char) => char.charCodeAt(0))

/** What a reader of MP4 trips over. */
export const MP4_PIECES: Pieces = [
  // Sizes and numbers: none, to the end, 64 bits follow, too small, huge, negative, past 2^31, 2^32 and 2^53.
  [0, 0, 0, 0],
  [0, 0, 0, 1],
  [0, 0, 0, 7],
  [0, 0, 0, 8],
  [0, 1, 0, 0],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 1, 0, 0, 0, 0],
  [0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  // Types that the reader acts on.
  ...['ftyp', 'moov', 'trak', 'mdia', 'stbl', 'elst', 'mvex', 'trex', 'moof', 'traf'].map(ascii),
  ...['tfhd', 'tfdt', 'trun', 'mdat', 'free', 'stts', 'mfhd', 'styp', 'sidx', 'uuid'].map(ascii),
  // A moof from nowhere, an empty mdat, a trun of four thousand million samples without an entry.
  [0, 0, 0, 24, ...ascii('moof'), 0, 0, 0, 16, ...ascii('mfhd'), 0, 0, 0, 0, 0, 0, 0, 1],
  [0, 0, 0, 8, ...ascii('mdat')],
  [0, 0, 0, 16, ...ascii('trun'), 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
  // Flags of tfhd and trun: all fields, none, places from the beginning of the file.
  [0, 0x02, 0, 0x3b],
  [0, 0, 0x0f, 0x05],
  [0, 0, 0, 0x01],
]

/** What changes are made of: other inputs lend parts of theirs, lengths stay below `maxBytes`. */
export type Mutations = {
  readonly others: readonly Uint8Array[]
  readonly pieces: Pieces
  readonly maxBytes: number
}

/** One change. */
export function mutate(bytes: Uint8Array, random: Random, from: Mutations): Uint8Array {
  const { others, pieces, maxBytes } = from
  const upTo = (count: number) => Math.floor(random() * count)
  const place = () => upTo(random() < 0.3 ? Math.min(600, bytes.length) : bytes.length)
  const some = () => 1 + upTo(random() < 0.5 ? 12 : 2000)
  const [at, to, length] = [place(), place(), some()]
  const piece = Uint8Array.from(pieces[upTo(pieces.length)] ?? [])
  const ways: readonly (() => Uint8Array[])[] = [
    () => [bytes.subarray(0, at), piece, bytes.subarray(at + piece.length)],
    () => [bytes.subarray(0, at), piece, bytes.subarray(at)],
    () => [flipped(bytes, at, 1 << upTo(8))],
    () => [bytes.subarray(0, at), bytes.subarray(at + length)],
    () => [bytes.subarray(0, at + length), bytes.subarray(at)],
    () => [bytes.subarray(0, at), bytes.subarray(to, to + length), bytes.subarray(at)],
    () => [bytes.subarray(0, at)],
    () => [bytes.subarray(0, at), (others[upTo(others.length)] ?? bytes).subarray(to)],
    () => [bytes.subarray(0, at), noise(length, random), bytes.subarray(at)],
  ]
  const parts = ways[upTo(ways.length)]?.() ?? [bytes]
  return new Uint8Array(Buffer.concat(parts)).slice(0, maxBytes)
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const changed = bytes.slice()
  changed[at] = (changed[at] ?? 0) ^ bit
  return changed
}

function noise(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}
