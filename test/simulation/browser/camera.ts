// The bytes of a simulated camera: as small as WebM can be and still be parsed, indexed and joined. Every frame carries a
// mark of its own.

/** Head of a recording with one VP8 track, as Chromium writes it: EBML, Segment of unknown size, Info, Tracks. */
export const HEADER = new Uint8Array(
  Buffer.from(
    '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff' +
      '1549a966992ad7b1830f42404d80864368726f6d655741864368726f6d65' +
      '1654ae6bab' +
      'aea9d7810173c58797a71a28b54ecf83810155ee81018685565f565038e08cb0820280ba82016853c08101',
    'hex',
  ),
)

const MARK = 0x5a17c0de
const MARK_BYTES = 12
/** Media time between two frames, and of one slice. */
const [FRAME_MS, SLICE_MS] = [200, 1000]

/** One frame of one recorder: unique in a world. */
export type Mark = string

/** The Cluster that a recorder writes as its n-th slice. */
export function sliceOf(recorder: number, slice: number, frames: number): Uint8Array<ArrayBuffer> {
  const blocks = Array.from({ length: frames }, (_, at) => block(recorder, slice, at))
  return new Uint8Array(Buffer.concat([clusterHead(slice * SLICE_MS), ...blocks]))
}

function clusterHead(ms: number): Buffer {
  const head = Buffer.alloc(18, 0xff)
  head.writeUInt32BE(0x1f43b675)
  head[4] = 0x01
  head.writeUInt16BE(0xe784, 12)
  head.writeUInt32BE(ms, 14)
  return head
}

function block(recorder: number, slice: number, at: number): Buffer {
  const isKey = at === 0
  const packet = isKey ? keyframe() : Buffer.from([0x11, 0, 0])
  const payload = Buffer.concat([packet, mark(recorder, slice, at)])
  const head = Buffer.alloc(9)
  head[0] = 0xa3
  head.writeUInt32BE(0x10000000 + 4 + payload.length, 1)
  head[5] = 0x81
  head.writeInt16BE(at * FRAME_MS, 6)
  head[8] = isKey ? 0x80 : 0
  return Buffer.concat([head, payload])
}

/** The tag, the start code and the size that a VP8 parser looks for. */
function keyframe(): Buffer {
  return Buffer.from([0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01])
}

function mark(recorder: number, slice: number, at: number): Buffer {
  const bytes = Buffer.alloc(MARK_BYTES)
  bytes.writeUInt32BE(MARK)
  bytes.writeUInt32BE(recorder, 4)
  bytes.writeUInt16BE(slice, 8)
  bytes.writeUInt16BE(at, 10)
  return bytes
}

/** The marks of all frames in these bytes, in their order. */
export function marksIn(bytes: Uint8Array): Mark[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wanted = Buffer.alloc(4)
  wanted.writeUInt32BE(MARK)
  const marks: Mark[] = []
  for (let at = buffer.indexOf(wanted); at >= 0; at = buffer.indexOf(wanted, at + MARK_BYTES)) {
    if (at + MARK_BYTES > buffer.length) break
    marks.push(
      `${buffer.readUInt32BE(at + 4)}/${buffer.readUInt16BE(at + 8)}/${buffer.readUInt16BE(at + 10)}`,
    )
  }
  return marks
}
