// Owns SHA-256 (FIPS 180-4) without waiting: a page that dies cannot wait for the browser's own, and an insecure context has
// none. Small because every page loads it; checked against the platform's in its test.

const K = new Int32Array(64)
const H = new Int32Array(8)

/** The first 32 bits behind the point of a root. */
const bitsOf = (root: number): number => ((root % 1) * 2 ** 32) | 0

for (let prime = 2, count = 0; count < 64; prime++) {
  let divisor = 2
  while (divisor * divisor <= prime && prime % divisor !== 0) divisor++
  if (divisor * divisor <= prime) continue
  if (count < 8) H[count] = bitsOf(Math.sqrt(prime))
  K[count++] = bitsOf(Math.cbrt(prime))
}

const BLOCK = 64
const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/** About 10 ms for 1 MiB. */
export function sha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const state = H.slice()
  const whole = bytes.length - (bytes.length % BLOCK)
  const rest = bytes.subarray(whole)
  const tail = new Uint8Array(rest.length < 56 ? BLOCK : 2 * BLOCK)
  tail.set(rest)
  tail[rest.length] = 0x80
  const tailView = new DataView(tail.buffer)
  tailView.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29))
  tailView.setUint32(tail.length - 4, bytes.length << 3)
  const view = new DataView(bytes.buffer, bytes.byteOffset, whole)
  const words = new Int32Array(64)
  for (let at = 0; at < whole; at += BLOCK) mix(state, view, at, words)
  for (let at = 0; at < tail.length; at += BLOCK) mix(state, tailView, at, words)
  const result = new DataView(new ArrayBuffer(32))
  for (const [n, word] of state.entries()) result.setInt32(n * 4, word)
  return new Uint8Array(result.buffer)
}

/** One block of the message into the state. */
function mix(state: Int32Array, view: DataView, at: number, w: Int32Array): void {
  for (let n = 0; n < 64; n++) {
    const [w15, w2] = [w[n - 15] ?? 0, w[n - 2] ?? 0]
    const s0 = turn(w15, 7) ^ turn(w15, 18) ^ (w15 >>> 3)
    const s1 = turn(w2, 17) ^ turn(w2, 19) ^ (w2 >>> 10)
    w[n] = n < 16 ? view.getInt32(at + n * 4) : (w[n - 16] ?? 0) + s0 + (w[n - 7] ?? 0) + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let n = 0; n < 64; n++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[n] ?? 0) + (w[n] ?? 0)) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [n, word] of [a, b, c, d, e, f, g, h].entries()) state[n] = (state[n] ?? 0) + word
}
