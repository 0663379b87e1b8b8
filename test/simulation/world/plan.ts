// What will happen in a world, out of its seed and nothing else: who records how long, what they do, what breaks when.
import type { Random } from '../engine/random.ts'

export type Turn =
  | 'stop'
  | 'pause'
  | 'resume'
  /** Another camera: the next take. */
  | 'switch'
  /** The browser dies. */
  | 'crash'
  /** The tab is closed: `pagehide` is the last that runs. */
  | 'close'
  /** The device dies: what its system had not written is gone. */
  | 'losePower'
  /** Into the back/forward cache, and out of it. */
  | 'leave'
  | 'return'
  /** A page that only sends what waits. */
  | 'visit'
  /** A page that goes on with the same recording. */
  | 'recordOn'
  /** The lid. */
  | 'sleep'
  | 'wake'
  | 'diskFull'
  | 'diskFree'

export type PersonPlan = {
  readonly beginsAtMs: number
  readonly timesliceMs: number
  readonly turns: readonly { readonly atMs: number; readonly turn: Turn }[]
  /** Opens a page once more when all is over. */
  readonly comesBack: boolean
}

/** Somebody else's program. */
export type StrangerPlan = {
  readonly beginsAtMs: number
  /** Chunks of each take. */
  readonly takes: readonly number[]
  /** The part of its chunks that it ever sends. */
  readonly keeps: number
}

export type Fault =
  | 'kill'
  | 'shutDown'
  | 'stop'
  | 'powerCut'
  | 'databaseDown'
  | 'databaseFlaky'
  | 'lineDead'
  | 'lineLossy'
  | 'lineSlow'
  | 'cut'
  | 'noSockets'
  | 'diskFull'
  | 'syncFails'
  | 'shortWrites'
  | 'clockSkew'
  | 'echo'
  | 'rogue'
  /** A stop that overtakes the chunks, or says less than an earlier one. */
  | 'earlyStop'

export type FaultPlan = {
  readonly fault: Fault
  readonly atMs: number
  readonly lastsMs: number
  /** Which instance, where one is meant. */
  readonly instance: number
}

export type Plan = {
  readonly instances: number
  readonly persons: readonly PersonPlan[]
  readonly stranger: StrangerPlan | null
  readonly faults: readonly FaultPlan[]
  /** Share of claims whose finalizer is stopped right after it. */
  readonly sleepyFinalizers: number
  /** Share of compacted objects that the disk damages before what they replaced is gone. */
  readonly rottenObjects: number
  /** Nothing goes wrong by plan from then on. */
  readonly calmAtMs: number
  /** Waits for compaction and for the removal of what it replaced. */
  readonly isLong: boolean
}

const LAST_TURN_MS = 32_000

export function planWorld(random: Random): Plan {
  const calmAtMs = random.between(12_000, 36_000)
  const persons = Array.from({ length: random.whole(1, 2) }, () => planPerson(random, calmAtMs))
  const faults = Array.from({ length: random.whole(0, 7) }, () => planFault(random, calmAtMs))
  const rottenObjects = random.chance(0.15) ? 0.8 : 0
  return {
    instances: random.chance(0.3) ? 1 : 2,
    persons,
    stranger: random.chance(0.4) ? planStranger(random) : null,
    faults,
    sleepyFinalizers: random.chance(0.4) ? 0.3 : 0,
    rottenObjects,
    calmAtMs,
    isLong: rottenObjects > 0 || random.chance(0.2),
  }
}

function planStranger(random: Random): StrangerPlan {
  return {
    beginsAtMs: random.between(0, 8_000),
    takes: Array.from({ length: random.whole(1, 2) }, () => random.whole(1, 12)),
    keeps: random.chance(0.7) ? 1 : random.between(0.3, 1),
  }
}

type Timed = { atMs: number; turn: Turn }

function planPerson(random: Random, calmAtMs: number): PersonPlan {
  const beginsAtMs = random.between(0, 5_000)
  const endAt = random.between(1_500, Math.min(LAST_TURN_MS, calmAtMs))
  const turns: Timed[] = []
  for (let n = random.whole(0, 2); n > 0; n -= 1) turns.push(...planTrouble(random, endAt))
  turns.push(...planEnd(random, endAt))
  turns.sort((a, b) => a.atMs - b.atMs)
  const timesliceMs = random.pick([500, 1000, 1500])
  return { beginsAtMs, timesliceMs, turns, comesBack: random.chance(0.85) }
}

/** Something that a recording goes on after. */
function planTrouble(random: Random, endAtMs: number): Timed[] {
  const atMs = random.between(300, endAtMs)
  const later = (turn: Turn, maxMs = 9_000) => ({ atMs: atMs + random.between(50, maxMs), turn })
  switch (random.whole(0, 10)) {
    case 0:
    case 10:
      return [{ atMs, turn: 'pause' }, later('resume', 16_000)]
    case 1:
      return [{ atMs, turn: 'leave' }, later('return')]
    case 2:
      return [{ atMs, turn: 'sleep' }, later('wake', 15_000)]
    case 3:
      return [{ atMs, turn: 'diskFull' }, later('diskFree', 5_000)]
    case 4:
    case 5:
      return [{ atMs, turn: 'crash' }, later('recordOn')]
    case 6:
      return [{ atMs, turn: 'close' }, later('recordOn')]
    case 7:
      return [{ atMs, turn: 'losePower' }, later('recordOn')]
    default:
      return [{ atMs, turn: 'switch' }]
  }
}

function planEnd(random: Random, atMs: number): Timed[] {
  const after = atMs + random.between(100, 12_000)
  switch (random.whole(0, 9)) {
    case 0:
      return [
        { atMs, turn: 'crash' },
        { atMs: after, turn: 'visit' },
      ]
    case 1:
      return [{ atMs, turn: 'close' }]
    case 2:
      return [
        { atMs, turn: 'close' },
        { atMs: after, turn: 'visit' },
      ]
    case 3:
      return [
        { atMs, turn: 'stop' },
        { atMs: after, turn: 'recordOn' },
        { atMs: after + 3_000, turn: 'stop' },
      ]
    case 4:
      return [
        { atMs, turn: 'stop' },
        { atMs: atMs + random.between(1, 400), turn: 'crash' },
      ]
    default:
      return [{ atMs, turn: 'stop' }]
  }
}

const FAULTS: readonly Fault[] = [
  ...(['kill', 'kill', 'kill', 'stop', 'stop', 'stop', 'powerCut', 'powerCut'] as const),
  ...(['databaseDown', 'databaseFlaky', 'databaseFlaky', 'shutDown'] as const),
  ...(['lineDead', 'lineDead', 'lineLossy', 'lineSlow', 'cut', 'cut', 'noSockets'] as const),
  ...(['diskFull', 'syncFails', 'syncFails', 'shortWrites', 'clockSkew'] as const),
  ...(['echo', 'echo', 'rogue', 'earlyStop', 'earlyStop'] as const),
]

function planFault(random: Random, calmAtMs: number): FaultPlan {
  const atMs = random.between(100, calmAtMs)
  const lastsMs = Math.min(random.between(50, random.pick([500, 4_000, 14_000])), calmAtMs - atMs)
  return { fault: random.pick(FAULTS), atMs, lastsMs, instance: random.whole(0, 1) }
}
