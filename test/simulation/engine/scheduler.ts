// Time as a heap of tasks. The next task is the earliest one; the clock jumps to it, it runs with everything that it makes
// ready (microtasks included), and only then the next. Nothing else moves: no timer, socket, file or thread of the machine.
import { drainMicrotasks } from 'bun:jsc'
import { describeError } from './describe-error.ts'
import type { Process } from './process.ts'
import type { Random } from './random.ts'

/** When every simulated world begins; any fixed moment would do. */
export const EPOCH = Date.UTC(2026, 0, 5, 9)

export type Task = {
  readonly at: number
  readonly order: number
  /** Whose code runs: it does not when that process is dead, and later when it is stopped. null = the world's. */
  readonly process: Process | null
  readonly run: () => void
  isCancelled: boolean
}

export type Failure = { readonly at: number; readonly message: string }

export class Scheduler {
  readonly random: Random
  /** Told what happens, as it happens; null = nobody listens. */
  readonly tell: ((line: string) => void) | null
  /** What must not have happened: code that threw where nobody caught it. */
  readonly failures: Failure[] = []
  #heap: Task[] = []
  #now = 0
  #order = 0
  #tasks = 0

  constructor(random: Random, tell: ((line: string) => void) | null = null) {
    this.random = random
    this.tell = tell
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now
  }

  /** Tasks run so far. */
  get tasks(): number {
    return this.#tasks
  }

  after(delayMs: number, run: () => void, process: Process | null = null): Task {
    const at = this.#now + Math.max(0, delayMs)
    this.#order += 1
    const task = { at, order: this.#order, process, run, isCancelled: false }
    push(this.#heap, task)
    return task
  }

  /** Runs everything that is due up to then; the clock stands there afterwards. */
  runUntil(untilMs: number): void {
    for (let next = this.#heap[0]; next && next.at <= untilMs; next = this.#heap[0]) {
      pop(this.#heap)
      if (next.isCancelled) continue
      this.#now = next.at
      this.#run(next)
    }
    this.#now = Math.max(this.#now, untilMs)
  }

  /** Runs until `isDone`, at most so long. @returns whether it came to be */
  runUntilDone(isDone: () => boolean, limitMs: number): boolean {
    const endAt = this.#now + limitMs
    while (!isDone() && this.#heap[0] && this.#heap[0].at <= endAt) this.runUntil(this.#heap[0].at)
    return isDone()
  }

  trace(who: string, what: string): void {
    this.tell?.(`${(this.#now / 1000).toFixed(4).padStart(9)}  ${who.padEnd(10)} ${what}`)
  }

  fail(message: string): void {
    this.failures.push({ at: this.#now, message })
    this.trace('!!', message)
  }

  #run({ process, run }: Task): void {
    this.#tasks += 1
    if (process && !process.mayRun(run)) return
    inProcess(process, run)
  }
}

let scheduler: Scheduler | null = null
let running: Process | null = null

/** The world that runs. One at a time: the code under test has globals, as everywhere. */
export function world(): Scheduler {
  if (!scheduler) throw new Error('no simulated world runs')
  return scheduler
}

export function enterWorld(entered: Scheduler | null): void {
  scheduler = entered
  running = null
}

/** Whose code runs at this moment. */
export function currentProcess(): Process {
  if (!running) throw new Error('code of no process runs')
  return running
}

export function maybeProcess(): Process | null {
  return running
}

/** Runs code as this process, with all that follows from it at once. */
export function inProcess(process: Process | null, run: () => void): void {
  running = process
  try {
    run()
  } catch (error) {
    world().fail(
      `${process?.name ?? 'world'} threw: ${error instanceof Error ? error.stack : describeError(error)}`,
    )
  }
  drainMicrotasks()
  running = null
}

const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

function push(heap: Task[], task: Task): void {
  let at = heap.length
  heap.push(task)
  while (at > 0) {
    const parent = (at - 1) >> 1
    const above = heap[parent]
    if (!above || !isBefore(task, above)) break
    heap[at] = above
    at = parent
  }
  heap[at] = task
}

function pop(heap: Task[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    const left = heap[child]
    const right = heap[child + 1]
    if (!left) break
    if (right && isBefore(right, left)) child += 1
    const smaller = heap[child]
    if (!smaller || !isBefore(smaller, last)) break
    heap[at] = smaller
    at = child
  }
  heap[at] = last
}
