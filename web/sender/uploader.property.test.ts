// The uploader against a model server over a network that drops, refuses and delays as fast-check likes.

import { CHUNK_HEAD_BYTES, type Welcome } from '@holdfast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReadyEvent } from '../session/recording.ts'
import type { Rung } from '../transport/transport.ts'
import { step } from './uploader.ts'
import {
  type Effect,
  type Incoming,
  newUploader,
  type Outgoing,
  type Uploader,
  type UploaderEvent,
} from './uploader-state.ts'
import { nextWakeAt } from './wake.ts'

const LIMITS = { maxChunkBytes: 4000, maxBodyBytes: 9000, window: 3, windowBytes: 2500 }
const READY: ReadyEvent = {
  id: 'x',
  version: 1,
  status: 'ready',
  durationMs: 1,
  bytes: 1,
  gaps: [],
  mediaUrl: '/',
}
const sizeOf = (seq: number): number => 100 + ((seq * 397) % 1500)

const BOTH = ['websocket', 'http'] as const
const ALL = ['webtransport', ...BOTH] as const

type Message = { conn: number; frame: Outgoing }

/** A server that stores, a network with a queue each way, a buffer that answers late. */
class World {
  state: Uploader
  now = 0
  refused = new Set<Rung>()
  down = false
  unavailable = false
  created = false
  readonly captured: string[] = []
  readonly forgotten: string[] = []
  readonly stored = new Set<string>()
  readonly takes = new Set<number>()
  readonly conns = new Map<number, Rung>()
  readonly toServer: Message[] = []
  readonly toClient: { conn: number; frame: Incoming }[] = []
  readonly waiting: Effect[] = []
  readonly unanswered = new Map<string, number>()
  finished = false
  #seed: number

  constructor(seed: number) {
    this.#seed = seed
    const rungs = seed % 2 === 0 ? BOTH : ALL
    this.state = newUploader({ mode: 'live', rungs, created: false, takes: [] })
  }

  random(): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31
    return this.#seed / 2 ** 31
  }

  dispatch(event: UploaderEvent): void {
    const env = { now: this.now, random: this.random(), bufferedBytes: 0 }
    const { state, effects } = step(this.state, event, env)
    this.state = state
    expect(state.shelf.length + state.loading.length, 'little is read ahead').toBeLessThanOrEqual(8)
    for (const effect of effects) this.run(effect)
  }

  run(effect: Effect): void {
    if (effect.type === 'connect') this.connect(effect.conn, effect.rung)
    else if (effect.type === 'disconnect') this.cut(effect.conn)
    else if (effect.type === 'send') this.send(effect.conn, effect.frames)
    else if (effect.type === 'forget') this.forget(`${effect.take}/${effect.seq}`)
    else this.waiting.push(effect)
  }

  forget(key: string): void {
    expect(this.stored, 'only what the server stored is forgotten').toContain(key)
    expect(this.forgotten, 'nothing is forgotten twice').not.toContain(key)
    this.forgotten.push(key)
  }

  connect(conn: number, rung: Rung): void {
    this.conns.set(conn, rung)
    if (this.down || this.refused.has(rung)) this.waiting.push({ type: 'disconnect', conn })
    else this.toClient.push({ conn, frame: { type: 'welcome', welcome: this.welcome() } })
  }

  welcome(): Welcome {
    const have: [number, number][] = [...this.stored].map((key) => {
      const seq = Number(key.split('/')[1])
      return [seq, seq]
    })
    // A server may be wrong about what it has; the CHECK finds out.
    if (this.random() < 0.3) have.push([this.captured.length - 1, this.captured.length - 1])
    have.sort((a, b) => a[0] - b[0])
    const status = this.finished ? 'ready' : 'recording'
    return { status, version: 0, have: { 0: have }, limits: LIMITS, pingMs: 300, graceMs: 1000 }
  }

  send(conn: number, frames: readonly Outgoing[]): void {
    for (const frame of frames) {
      this.toServer.push({ conn, frame })
      if (frame.kind === 'chunk') {
        expect(this.takes, 'a chunk follows its acknowledged take').toContain(frame.wire)
        this.unanswered.set(`${conn}:${frame.wire}/${frame.seq}`, sizeOf(frame.seq))
      }
      if (frame.kind === 'finish') {
        expect(new Set(this.stored), 'FINISH follows the last chunk').toEqual(
          new Set(this.captured),
        )
      }
    }
    const sizes = [...this.unanswered].filter(([key]) => key.startsWith(`${conn}:`))
    const bytes = sizes.reduce((sum, [, size]) => sum + size + CHUNK_HEAD_BYTES, 0)
    expect(sizes.length, 'the window is kept').toBeLessThanOrEqual(LIMITS.window)
    expect(sizes.length === 1 || bytes <= LIMITS.windowBytes, 'in bytes too').toBe(true)
  }

  /** The network breaks a connection; the client hears of it. */
  cut(conn: number, tell = false): void {
    if (!this.conns.delete(conn)) return
    for (const queue of [this.toServer, this.toClient]) {
      queue.splice(0, queue.length, ...(queue.filter((one) => one.conn !== conn) as never[]))
    }
    for (const key of this.unanswered.keys()) {
      if (key.startsWith(`${conn}:`)) this.unanswered.delete(key)
    }
    if (tell) this.dispatch({ type: 'closed', conn, failure: { code: null, retryAfterMs: null } })
  }

  serve(): void {
    const message = this.toServer.shift()
    if (!message) return
    const { conn, frame } = message
    this.toClient.push({ conn, frame: this.reply(frame) })
    if (!this.finished) return
    // A WebSocket is told by an event, the HTTP rung only by the status in its answers.
    const isSocket = this.conns.get(conn) !== 'http'
    if (isSocket && frame.kind === 'finish') {
      this.toClient.push({ conn, frame: { type: 'ready', ready: READY } })
    } else if (!isSocket) this.toClient.push({ conn, frame: { type: 'status', status: 'ready' } })
  }

  reply(frame: Outgoing): Incoming {
    if (frame.kind === 'ping') return { type: 'pong' }
    if (frame.kind === 'finish') {
      this.finished = true
      return { type: 'ack', of: 'finish', take: 0, seq: 0 }
    }
    if (frame.kind === 'take') {
      this.takes.add(frame.wire)
      return { type: 'ack', of: 'take', take: frame.wire, seq: 0 }
    }
    const { wire: take, seq } = frame
    const key = `${take}/${seq}`
    if (this.unavailable) return { type: 'nack', take, seq, code: 'unavailable', retry: true }
    if (frame.kind === 'check' && !this.stored.has(key)) {
      return { type: 'nack', take, seq, code: 'not_stored', retry: true }
    }
    this.stored.add(key)
    return { type: 'ack', of: 'chunk', take, seq }
  }

  hear(): void {
    const message = this.toClient.shift()
    if (!message || !this.conns.has(message.conn)) return
    const { conn, frame } = message
    if (frame.type === 'ack' || frame.type === 'nack') {
      this.unanswered.delete(`${conn}:${frame.take}/${frame.seq}`)
    }
    this.dispatch({ type: 'frame', conn, frame })
  }

  /** The oldest thing that the driver still owes. */
  settle(): void {
    const effect = this.waiting.shift()
    if (effect?.type === 'disconnect') this.cut(effect.conn, true)
    if (effect?.type === 'load') {
      const chunks = effect.refs.map((ref) => ({ ...ref, bytes: sizeOf(ref.seq) }))
      this.dispatch({ type: 'loaded', chunks, lost: [], unread: [] })
    }
    if (effect?.type === 'create' && this.down) {
      this.dispatch({ type: 'createFailed', failure: { code: null, retryAfterMs: null } })
    } else if (effect?.type === 'create') this.dispatch({ type: 'created' })
    if (effect?.type === 'ask')
      this.dispatch({ type: 'answer', ready: this.finished ? READY : null })
  }

  capture(): void {
    if (this.state.stop) return
    const seq = this.captured.length
    this.captured.push(`0/${seq}`)
    this.dispatch({ type: 'captured', take: 0, seq })
  }

  sleep(ms: number): void {
    this.now += ms
    this.dispatch({ type: 'tick' })
  }
}

const ACTIONS: readonly ((world: World) => void)[] = [
  ...Array.from({ length: 6 }, () => (world: World) => world.capture()),
  ...Array.from({ length: 8 }, () => (world: World) => world.serve()),
  ...Array.from({ length: 8 }, () => (world: World) => world.hear()),
  ...Array.from({ length: 8 }, () => (world: World) => world.settle()),
  ...Array.from({ length: 3 }, () => (world: World) => world.sleep(20)),
  (world) => world.sleep(700),
  (world) => world.sleep(9_000),
  (world) => world.refused.add('websocket'),
  (world) => world.refused.add('webtransport'),
  (world) => world.refused.clear(),
  (world) => {
    world.down = !world.down
  },
  (world) => {
    world.unavailable = !world.unavailable
  },
  (world) => {
    for (const conn of [...world.conns.keys()]) world.cut(conn, true)
  },
  // Half open: what is on the way is gone, and nobody says so.
  (world) => {
    world.toServer.length = 0
    world.toClient.length = 0
  },
  // One answer is swallowed, the rest comes.
  (world) => {
    world.toClient.shift()
  },
  (world) => world.dispatch({ type: 'nudge' }),
  (world) => {
    if (world.captured.length > 8) world.dispatch({ type: 'stop', reason: 'user' })
  },
]

function behaveUntilDone(world: World): number {
  world.down = false
  world.unavailable = false
  world.refused.clear()
  world.dispatch({ type: 'stop', reason: 'user' })
  let rounds = 0
  while (world.state.link.at !== 'done' && rounds < 3_000) {
    rounds += 1
    if (world.waiting.length > 0) world.settle()
    else if (world.toServer.length > 0) world.serve()
    else if (world.toClient.length > 0) world.hear()
    else world.sleep(Math.max(1, (nextWakeAt(world.state, env(world)) ?? world.now) - world.now))
  }
  return rounds
}

const env = (world: World) => ({ now: world.now, random: 0.5, bufferedBytes: 0 })

describe('uploader, whatever happens', () => {
  it('never forgets an unacked chunk, keeps the window, and finishes once the server behaves', () => {
    const choices = fc.array(fc.nat(ACTIONS.length - 1), {
      minLength: 100,
      maxLength: 300,
      size: 'max',
    })
    fc.assert(
      fc.property(fc.nat(), choices, (seed, actions) => {
        const world = new World(seed)
        world.dispatch({ type: 'take', take: 0 })
        for (const index of actions) ACTIONS[index]?.(world)
        behaveUntilDone(world)
        expect(world.state.link.at).toBe('done')
        expect([...world.stored].sort()).toEqual([...world.captured].sort())
        expect([...world.forgotten].sort()).toEqual([...world.captured].sort())
      }),
      { numRuns: 300 },
    )
  })

  it('keeps its own size while thousands of chunks wait', () => {
    const world = new World(1)
    world.down = true
    for (let i = 0; i < 5_000; i += 1) world.capture()
    expect(JSON.stringify(world.state).length).toBeLessThan(2_000)
    behaveUntilDone(world)
    expect(world.state.link.at).not.toBe('halted')
  })
})
