// Bytes made worse in the ways that hurt a reader of elements: changed ids and sizes, torn, doubled and spliced parts. The
// same random numbers give the same bytes.

export type Random = () => number

const PIECES: readonly (readonly number[])[] = [
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

/** One change; `others` lend parts of theirs. Lengths stay below `maxBytes`. */
export function mutate(
  bytes: Uint8Array,
  random: Random,
  others: readonly Uint8Array[],
  maxBytes: number,
): Uint8Array {
  const upTo = (count: number) => Math.floor(random() * count)
  const place = () => upTo(random() < 0.3 ? Math.min(600, bytes.length) : bytes.length)
  const some = () => 1 + upTo(random() < 0.5 ? 12 : 2000)
  const [at, to, length] = [place(), place(), some()]
  const piece = Uint8Array.from(PIECES[upTo(PIECES.length)] ?? [])
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
