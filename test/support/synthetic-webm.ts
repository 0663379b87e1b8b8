// A recording of any length in the shape that Chromium gives it: VP8 and Opus, Clusters of unknown size, every slice cut
// one byte inside an element id. The payloads are noise: it can be parsed, indexed and copied, not watched.

export type SyntheticOptions = {
  readonly seconds: number
  /** @default 440,000: a camera at 720p, 1.6 GB an hour */
  readonly bytesPerSecond?: number
  /** @default 500: with the Cluster that each slice begins, three Clusters a second */
  readonly keyframeEveryMs?: number
}

const FRAME_MS = 50
const OPUS_MS = 60
/** Two bytes of head and three frames of one length, or a parser complains. */
const OPUS_BYTES = 122
const SLICE_MS = 1000
/** Chromium begins a Cluster this long after it cut a slice. */
const CLUSTER_AFTER_CUT_MS = 80
const AUDIO = 1
const VIDEO = 2

/** The first 189 bytes of a real recording of camera and microphone: audio is track 1, video track 2. */
const HEADER = Buffer.from(
  '1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853806701ffffffffffffff' +
    '1549a966992ad7b1830f42404d80864368726f6d655741864368726f6d65' +
    '1654ae6beaaebdd7810173c58726834c1ac2cc3e8381028686415f4f50555363a2934f707573486561640101000080bb0000' +
    '000000e18db584473b80009f8101626481' +
    '20aea9d7810273c58797a71a28b54ecf83810155ee81018685565f565038e08cb0820280ba8201' +
    '6853c08101',
  'hex',
)

/** One element after another: header, then Clusters, in the order and at the times of a recorder. */
function* syntheticSeconds(options: SyntheticOptions): Generator<Uint8Array> {
  const { bytesPerSecond = 440_000, keyframeEveryMs = 500 } = options
  const frameBytes = Math.max(32, Math.floor((bytesPerSecond * FRAME_MS) / 1000) - OPUS_BYTES)
  let clusterAt = 0
  let parts: Uint8Array[] = [HEADER]
  const open = (ms: number) => {
    clusterAt = ms
    parts.push(clusterHead(ms))
  }
  for (let ms = 0; ms < options.seconds * 1000; ms += 10) {
    const isKeyframe = ms % keyframeEveryMs === 0
    if (isKeyframe || ms % SLICE_MS === CLUSTER_AFTER_CUT_MS) open(ms)
    if (ms % OPUS_MS === 0) parts.push(...simpleBlock(AUDIO, ms - clusterAt, opusPacket(ms)))
    if (ms % FRAME_MS === 0) {
      parts.push(
        ...simpleBlock(VIDEO, ms - clusterAt, frame(ms, frameBytes, isKeyframe), isKeyframe),
      )
    }
    if (ms % SLICE_MS === SLICE_MS - 10) {
      yield Buffer.concat(parts)
      parts = []
    }
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

/** The bytes of one BlobEvent a second. */
export function* syntheticSlices(options: SyntheticOptions): Generator<Uint8Array> {
  let before: Uint8Array = new Uint8Array(0)
  for (const second of syntheticSeconds(options)) {
    // The slice ends with the first byte of the element that begins the next one.
    if (before.length > 0) yield Buffer.concat([before, second.subarray(0, 1)])
    before = before.length > 0 ? second.subarray(1) : second
  }
  yield before
}

function clusterHead(ms: number): Uint8Array {
  const head = Buffer.alloc(18, 0xff)
  head.writeUInt32BE(0x1f43b675)
  head[4] = 0x01
  head.writeUInt16BE(0xe784, 12)
  head.writeUInt32BE(ms, 14)
  return head
}

function simpleBlock(track: number, ms: number, payload: Uint8Array, key = true): Uint8Array[] {
  const head = Buffer.alloc(9)
  head[0] = 0xa3
  // A size of 4 bytes: 0x10000000 is their marker.
  head.writeUInt32BE(0x10000000 + 4 + payload.length, 1)
  head[5] = 0x80 | track
  head.writeInt16BE(ms, 6)
  head[8] = key ? 0x80 : 0
  return [head, payload]
}

/** Config 31 (20 ms) and three frames in a packet: 60 ms. */
function opusPacket(ms: number): Uint8Array {
  const packet = Buffer.from(noiseAt(ms, OPUS_BYTES))
  packet.writeUInt16BE(0xfb03)
  return packet
}

/** The tag and, in a keyframe, the start code and size that a VP8 parser looks for. */
function frame(ms: number, bytes: number, isKeyframe: boolean): Uint8Array {
  const packet = Buffer.from(noiseAt(ms, bytes))
  packet.writeUIntBE(isKeyframe ? 0x100000 : 0x110000, 0, 3)
  if (isKeyframe) packet.set([0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01], 3)
  return packet
}

const NOISE = makeNoise(1 << 22)

function noiseAt(ms: number, bytes: number): Uint8Array {
  const at = (ms * 7919) % (NOISE.length - bytes)
  return NOISE.subarray(at, at + bytes)
}

/** xorshift: the same bytes on every run. */
function makeNoise(bytes: number): Uint8Array {
  const words = new Uint32Array(bytes / 4)
  let word = 2463534242
  for (let i = 0; i < words.length; i++) {
    word ^= word << 13
    word ^= word >>> 17
    word ^= word << 5
    words[i] = word
  }
  return new Uint8Array(words.buffer)
}
