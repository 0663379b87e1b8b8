// A recorder that is no browser: a program of somebody else's, written from docs/api.md. It sends what it has in any order,
// says stop when it likes, and may give up half-way.
import { createHash } from 'node:crypto'
import {
  chunkFrame,
  encodeStreamed,
  FLAG,
  FRAME,
  type Frame,
  frame,
  joinBytes,
  jsonFrame,
  toBase64,
} from '@holdfast/protocol'
import { HEADER, type Mark, marksIn, sliceOf } from '../browser/camera.ts'
import { PageRecorder } from '../browser/page-recorder.ts'
import { EPOCH, world } from '../engine/scheduler.ts'
import type { Answer, Network } from '../network/network.ts'
import type { StrangerPlan } from './plan.ts'

type Item = { readonly key: string; readonly frame: Frame }
type Acks = { acks?: [take: number, seq: number][]; takes?: number[]; finished?: boolean }

export class Stranger {
  readonly name = 'stranger'
  readonly recordingId = '0199a0de-0000-7000-8000-0000000000ff'
  readonly token = 'token-of-a-stranger-with-enough-characters'
  readonly recorded: Mark[] = []
  readonly #plan: StrangerPlan
  readonly #network: Network
  readonly #takes: Item[]
  readonly #chunks: Item[]
  readonly #acked = new Set<string>()
  #isMade = false
  #hasSaidStop = false

  constructor(plan: StrangerPlan, network: Network) {
    this.#plan = plan
    this.#network = network
    this.#takes = plan.takes.map((_, take) => takeItem(take))
    this.#chunks = plan.takes.flatMap((chunks, take) => this.#record(take, chunks))
  }

  /** It has not said all that it means to say. */
  get isBusy(): boolean {
    return this.#left().length > 0 || !this.#acked.has('finish')
  }

  /** Everything was acknowledged, the stop too: then all of it is in the file. */
  get owesEverything(): boolean {
    return !this.isBusy && this.#plan.keeps === 1
  }

  live(): void {
    world().after(this.#plan.beginsAtMs, () => this.#speak())
  }

  #record(take: number, chunks: number): Item[] {
    const { random } = world()
    PageRecorder.made += 1
    const number = PageRecorder.made
    const items = Array.from({ length: chunks }, (_, seq) => {
      const bytes = sliceOf(number, seq, random.whole(1, 3))
      this.recorded.push(...marksIn(bytes))
      return chunkItem(take, seq, bytes)
    })
    return random.shuffle(items)
  }

  /** What it will ever send: of a plan that gives up, the first part. */
  #left(): Item[] {
    const meant = this.#chunks.slice(0, Math.ceil(this.#chunks.length * this.#plan.keeps))
    return meant.filter(({ key }) => !this.#acked.has(key))
  }

  #speak(): void {
    if (!this.#isMade) this.#make()
    else if (this.isBusy) this.#send()
    world().after(world().random.between(200, 1_600), () => this.#speak())
  }

  #make(): void {
    const body = new TextEncoder().encode(
      JSON.stringify({ id: this.recordingId, token: this.token }),
    )
    const request = { method: 'POST', path: '/api/recordings', body, who: this.name }
    this.#network.sendOnly(request, (answer) => {
      this.#isMade ||= answer?.status === 201
    })
  }

  #send(): void {
    const { random } = world()
    const left = this.#left()
    const takes = this.#takes.filter(({ key }) => !this.#acked.has(key))
    const frames = [...takes, ...left.slice(0, random.whole(1, 3))].map((item) => item.frame)
    if (random.chance(0.05)) frames.push(frame(FRAME.PING, { seq: 1, flags: FLAG.recordingAgain }))
    if (left.length === 0 || random.chance(0.15)) frames.push(this.#finish(left.length === 0))
    const hello = jsonFrame(FRAME.HELLO, { v: 1, recording: this.recordingId, token: this.token })
    const body = joinBytes([hello, ...frames].map(encodeStreamed))
    const path = `/api/recordings/${this.recordingId}/frames`
    this.#network.sendOnly({ method: 'POST', path, body, who: this.name }, (answer) =>
      this.#hear(answer),
    )
  }

  /** A stop is a maximum: before the last one it says anything up to the truth. */
  #finish(isLast: boolean): Frame {
    this.#hasSaidStop = isLast
    const { random } = world()
    const takes = this.#plan.takes.map((chunks, take) => {
      return { take, chunks: isLast ? chunks : random.whole(0, chunks) }
    })
    return jsonFrame(FRAME.FINISH, { takes, reason: 'user' })
  }

  #hear(answer: Answer | null): void {
    if (world().tell)
      world().trace(this.name, `hears ${answer?.status} ${JSON.stringify(answer?.body)}`)
    const { acks = [], takes = [], finished } = (answer?.body ?? {}) as Acks
    for (const [take, seq] of acks) this.#acked.add(`${take}/${seq}`)
    for (const take of takes) this.#acked.add(`take ${take}`)
    if (finished && this.#hasSaidStop) this.#acked.add('finish')
  }
}

function takeItem(take: number): Item {
  const startedAt = new Date(EPOCH + take).toISOString()
  const body = { mimeType: 'video/webm;codecs=vp8', startedAt, init: toBase64(HEADER) }
  return { key: `take ${take}`, frame: jsonFrame(FRAME.TAKE, body, { take }) }
}

function chunkItem(take: number, seq: number, bytes: Uint8Array<ArrayBuffer>): Item {
  const sha256 = new Uint8Array(createHash('sha256').update(bytes).digest())
  const clusterMs = seq * 1000
  const chunk = { take, seq, sha256, bytes, aligned: true, clusterMs, endMs: clusterMs + 800 }
  return { key: `${take}/${seq}`, frame: chunkFrame(chunk) }
}
