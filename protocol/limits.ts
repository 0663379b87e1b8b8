// Limits and timing that both ends share, each with its reason. The server's settings may change
// those that WELCOME and /api/capabilities tell; the client always goes by what it was told.

const KiB = 1024
const MiB = 1024 * KiB

export const LIMITS = {
  /** Default for HOLDFAST_MAX_CHUNK_BYTES: larger slices are split by the client. */
  maxChunkBytes: 4 * MiB,
  /** Clients split here, so that a PING is not stuck behind a chunk for long on a slow link. */
  splitChunkBytes: MiB,
  /** One POST …/frames body: a proxy's usual limit, and bounded work for one request. */
  maxBodyBytes: 16 * MiB,
  /** Unacked CHUNKs on one connection: at 1 MiB/s and 100 ms round trip, 1 would do. */
  window: 32,
  /** Unacked bytes on one connection: bounds the server's memory per recorder. */
  windowBytes: 8 * MiB,
  /** TAKE and FINISH are JSON; a real init is 126–1,222 bytes, 1 MiB leaves room for any codec. */
  maxJsonBytes: MiB,
  /** takes are u16. */
  maxTakes: 65_536,
  /** 36 hours of 250 ms slices; bounds every per-recording list. */
  maxChunks: 524_288,
  /** `missing` and `have` list at most this many ranges per take and say `more`. */
  maxRanges: 200,
  /** After this many conflicting copies of one recording only their digests are kept (rule 2). */
  maxConflictCopies: 8,
  /** Digests of conflicting chunks that one recording remembers; further ones are only counted. */
  maxConflictDigests: 1000,
  /** A beacon and keepalive share 65,536 bytes over all requests in flight (measured). */
  beaconBytes: 65_536,
  maxTitleChars: 500,
  maxGroupChars: 200,
  maxMetadataBytes: 16 * KiB,
  /** Moments that a person marks, and the words at each. */
  maxMarks: 1000,
  maxMarkChars: 200,
} as const

export const TIMING = {
  /** Default for HOLDFAST_GRACE_MS. */
  graceMs: 10_000,
  /** A client that has nothing to send sends PING at least this often (rule 8). */
  maxPingMs: 20_000,
  /** A pong counts as a sign of life only this long after the last client frame (rule 8). */
  pongTrustMs: 120_000,
  /** A WebSocket that has not said HELLO by then is closed. */
  helloTimeoutMs: 10_000,
  /** DELETE can be undone this long. */
  undoDeleteMs: 30_000,
} as const

/** Ping interval for a grace window: three chances inside it, within [200 ms, 20 s]. */
export function pingMsFor(graceMs: number): number {
  return Math.max(200, Math.min(TIMING.maxPingMs, Math.floor(graceMs / 3)))
}

export type WireLimits = {
  maxChunkBytes: number
  maxBodyBytes: number
  window: number
  windowBytes: number
}
