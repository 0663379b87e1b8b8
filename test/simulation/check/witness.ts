// Who hears everything and forgets nothing: what the server acknowledged, as it was acknowledged, and when it last heard of
// whom. What it knows comes from the wire alone, never from the ledger.
import {
  decodeFrame,
  FLAG,
  FRAME,
  type Frame,
  FrameStreamDecoder,
  maxFrameBytes,
  readFinish,
  readJson,
  toHex,
} from '@holdfast/protocol'
import { world } from '../engine/scheduler.ts'
import type { Answer, Request } from '../network/network.ts'
import type { Instance } from '../world/instance.ts'
import { LIMITS } from '../world/settings.ts'

type Totals = ReturnType<typeof readFinish>['takes']

/** What was said on one connection, or in one request, and waits for its answer. */
export type Asked = { readonly digests: Map<string, string>; finish: Totals | null }

export type AckedChunk = { readonly take: number; readonly seq: number; readonly sha256: string }

type Heard = { readonly at: number; readonly instance: Instance }

export class Witness {
  /** By recording: every chunk that was acknowledged, by `take/seq`. */
  readonly acked = new Map<string, Map<string, AckedChunk>>()
  /** `recording/sha256` of the same. */
  readonly ackedDigests = new Set<string>()
  /** Recordings of which a FINISH was acknowledged. */
  readonly finished = new Set<string>()
  /** By recording: the most that any FINISH said of each take, acknowledged or not. */
  readonly said = new Map<string, Map<number, number>>()
  readonly #heard = new Map<string, Heard[]>()

  chunksOf(id: string): AckedChunk[] {
    return [...(this.acked.get(id)?.values() ?? [])]
  }

  /** A frame of the recorder came to this instance. */
  heard(id: string, instance: Instance, bytes: Uint8Array): void {
    if (bytes[0] === FRAME.FINISH) this.#noteSaid(id, decodeFrame(bytes))
    const all = this.#heard.get(id) ?? []
    all.push({ at: world().now, instance })
    this.#heard.set(id, all)
  }

  signsOf(id: string): readonly Heard[] {
    return this.#heard.get(id) ?? []
  }

  /** The server hands a frame to a connection. */
  frameSent(id: string, bytes: Uint8Array, asked: Asked): void {
    const { type, flags, take, seq } = decodeFrame(bytes)
    if (type !== FRAME.ACK) return
    if (flags & FLAG.ackFinish) this.#finishAcked(id, asked)
    else if (!(flags & FLAG.ackTake)) this.#chunkAcked(id, { take, seq }, asked)
  }

  /** A request came to an instance. */
  requested(request: Request): void {
    for (const frame of framesOf(request)) {
      if (frame.type === FRAME.FINISH) this.#noteSaid(idOf(request), frame)
    }
  }

  answered(request: Request, answer: Answer): void {
    const id = idOf(request)
    const { acks = [], finished } = (answer.body ?? {}) as Acks
    const asked: Asked = { digests: new Map(), finish: null }
    for (const frame of framesOf(request)) noteFrame(asked, frame)
    for (const [take, seq] of acks) this.#chunkAcked(id, { take, seq }, asked)
    if (finished) this.#finishAcked(id, asked)
  }

  #chunkAcked(id: string, { take, seq }: { take: number; seq: number }, { digests }: Asked): void {
    const key = `${take}/${seq}`
    const sha256 = digests.get(key)
    if (sha256 === undefined) {
      world().fail(`I1: acknowledged, but never sent: ${key}`)
      return
    }
    const acked = this.acked.get(id) ?? new Map()
    const before = acked.get(key)
    if (before && before.sha256 !== sha256)
      world().fail(`I1: two different chunks acknowledged as ${key}`)
    acked.set(key, { take, seq, sha256 })
    this.acked.set(id, acked)
    this.ackedDigests.add(`${id}/${sha256}`)
    world().trace('ack', `…${id.slice(-4)} ${key} ${sha256.slice(0, 8)}`)
  }

  #noteSaid(id: string, frame: Frame): void {
    const said = this.said.get(id) ?? new Map<number, number>()
    for (const { take, chunks } of readFinish(readJson(frame)).takes) {
      said.set(take, Math.max(said.get(take) ?? 0, chunks))
    }
    this.said.set(id, said)
  }

  #finishAcked(id: string, { finish }: Asked): void {
    if (!finish) return
    this.finished.add(id)
    world().trace('ack', `…${id.slice(-4)} FINISH ${JSON.stringify(finish)}`)
  }
}

type Acks = { acks?: [take: number, seq: number][]; finished?: boolean }

const idOf = ({ path }: Request): string => path.split('/')[3] ?? ''

function framesOf({ path, body }: Request): Frame[] {
  if (!path.endsWith('/frames')) return []
  return [...new FrameStreamDecoder(maxFrameBytes(LIMITS.maxChunkBytes)).push(body)]
}

export function noteAsked(asked: Asked, bytes: Uint8Array): void {
  noteFrame(asked, decodeFrame(bytes))
}

function noteFrame(asked: Asked, frame: Frame): void {
  const { type, take, seq, payload } = frame
  if (type === FRAME.CHUNK || type === FRAME.CHECK) {
    asked.digests.set(`${take}/${seq}`, toHex(payload.subarray(0, 32)))
  } else if (type === FRAME.FINISH) asked.finish = readFinish(readJson(frame)).takes
}
