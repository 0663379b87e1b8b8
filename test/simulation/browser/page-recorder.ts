// Stands in for MediaRecorder: every slice is one WebM Cluster of a few frames, and every frame says whose it is, so that
// a file can be asked what it holds.

import type { Process } from '../engine/process.ts'
import { currentProcess, world } from '../engine/scheduler.ts'
import { HEADER, marksIn, sliceOf } from './camera.ts'

type Handler<T> = ((event: T) => void) | null

export class PageRecorder extends EventTarget {
  static isTypeSupported = (type: string): boolean => type.startsWith('video/webm')

  /** Recorders of all pages so far: the number is in every frame of the recorder. */
  static made = 0

  readonly mimeType = 'video/webm;codecs=vp8'
  state: 'inactive' | 'recording' | 'paused' = 'inactive'
  ondataavailable: Handler<{ data: Blob }> = null
  onerror: Handler<Event> = null
  onstop: Handler<Event> = null
  readonly #page: Process = currentProcess()
  #number = 0
  #slices = 0
  #timesliceMs = 1000

  start(timesliceMs: number): void {
    PageRecorder.made += 1
    this.#number = PageRecorder.made
    this.#timesliceMs = timesliceMs
    this.state = 'recording'
    world().after(
      5,
      () => {
        this.dispatchEvent(new Event('start'))
        this.#goOn()
      },
      this.#page,
    )
  }

  requestData(): void {
    world().after(0.5, () => this.#slice(), this.#page)
  }

  pause(): void {
    this.state = 'paused'
  }

  resume(): void {
    this.state = 'recording'
  }

  stop(): void {
    if (this.state === 'inactive') return
    this.state = 'inactive'
    world().after(
      1,
      () => {
        this.#slice()
        this.onstop?.(new Event('stop'))
      },
      this.#page,
    )
  }

  /** The encoder gives up: what it had comes, then the end. */
  fail(): void {
    if (this.state === 'inactive') return
    const failed = Object.assign(new Event('error'), { error: new Error('the encoder gave up') })
    this.dispatchEvent(failed)
    this.onerror?.(failed)
    this.stop()
  }

  #goOn(): void {
    const next = () => {
      if (this.state === 'inactive') return
      if (this.state === 'recording') this.#slice()
      this.#goOn()
    }
    world().after(this.#timesliceMs, next, this.#page)
  }

  #slice(): void {
    const { random } = world()
    const bytes = sliceOf(this.#number, this.#slices, random.whole(1, 4))
    const data = new Blob(this.#slices === 0 ? [HEADER, bytes] : [bytes])
    this.#slices += 1
    this.#page.surroundings.device?.recorded.push(...marksIn(bytes))
    world().trace(this.#page.name, `slice ${this.#slices - 1} of recorder ${this.#number}`)
    this.ondataavailable?.({ data })
  }
}
