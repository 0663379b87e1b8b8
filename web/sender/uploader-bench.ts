// Owns a clock and a script for the uploader machine: tests feed events and look at the effects.
import { type ErrorCode, LIMITS, type RecordingStatus } from '@holdfast/protocol'
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
  type UploaderSetup,
} from './uploader-state.ts'

export const READY: ReadyEvent = {
  id: 'x',
  version: 1,
  status: 'ready',
  durationMs: 1,
  bytes: 1,
  gaps: [],
  mediaUrl: '/',
}
export const NOTHING = { code: null, retryAfterMs: null }

/** An uploader with a clock that the test moves. */
export class Bench {
  state: Uploader
  now = 0
  bufferedBytes = 0
  /** What the last event brought about. */
  effects: Effect[] = []

  constructor(setup: Partial<UploaderSetup> = {}) {
    const rungs: UploaderSetup['rungs'] = ['websocket', 'http']
    this.state = newUploader({ mode: 'live', rungs, created: true, takes: [], ...setup })
  }

  feed(...events: UploaderEvent[]): this {
    this.effects = []
    for (const event of events) {
      const env = { now: this.now, random: 0.999, bufferedBytes: this.bufferedBytes }
      const next = step(this.state, event, env)
      this.state = next.state
      this.effects.push(...next.effects)
    }
    return this
  }

  after(ms: number): this {
    this.now += ms
    return this.feed({ type: 'tick' })
  }

  hear(...frames: Incoming[]): this {
    const { conn } = this.state
    return this.feed(...frames.map((frame): UploaderEvent => ({ type: 'frame', conn, frame })))
  }

  /** Connected, take 0 acknowledged, `count` chunks of 1000 B captured, read and sent. */
  recording(count: number, have: [number, number][] = []): this {
    this.feed({ type: 'take', take: 0 })
    this.welcome('recording', have)
    this.hear({ type: 'ack', of: 'take', take: 0, seq: 0 })
    for (let seq = 0; seq < count; seq += 1) this.feed({ type: 'captured', take: 0, seq })
    return this.load()
  }

  /** As `recording`, and the first chunk was acknowledged: the others were read and sent. */
  proven(count: number): this {
    return this.recording(count).ack(0).load()
  }

  welcome(status: RecordingStatus = 'recording', have: [number, number][] = []): this {
    const welcome = {
      status,
      version: 0,
      have: { 0: have },
      limits: LIMITS,
      pingMs: 3_000,
      graceMs: 10_000,
    }
    return this.hear({ type: 'welcome', welcome })
  }

  /** Everything that the machine wants to read is read. */
  load(): this {
    const sent: Effect[] = []
    for (let { loading } = this.state; loading.length > 0; { loading } = this.state) {
      const chunks = loading.map((ref) => ({ ...ref, bytes: 1_000 }))
      sent.push(...this.feed({ type: 'loaded', chunks, lost: [], unread: [] }).effects)
    }
    this.effects = sent
    return this
  }

  get sent(): Outgoing[] {
    return this.effects.flatMap((effect) => (effect.type === 'send' ? effect.frames : []))
  }

  get sentKinds(): string[] {
    return this.sent.map(({ kind }) => kind)
  }

  get connects(): Rung[] {
    return this.effects.flatMap((effect) => (effect.type === 'connect' ? [effect.rung] : []))
  }

  has(type: Effect['type']): boolean {
    return this.effects.some((effect) => effect.type === type)
  }

  nack(seq: number, code: ErrorCode, retry: boolean): this {
    return this.hear({ type: 'nack', take: 0, seq, code, retry })
  }

  ack(seq: number): this {
    return this.hear({ type: 'ack', of: 'chunk', take: 0, seq })
  }
}

export const closed = (conn: number, code: ErrorCode | null = null): UploaderEvent => {
  return { type: 'closed', conn, failure: { ...NOTHING, code } }
}
