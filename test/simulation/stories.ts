// Worlds by hand: what the seeds found in the product once, kept for ever, whatever becomes of the seeds' plans.
import type { FaultPlan, Plan, Turn } from './world/plan.ts'

export type Story = { readonly name: string; readonly seed: number; readonly plan: Plan }

type Told = {
  readonly turns: readonly (readonly [atMs: number, turn: Turn])[]
  /** The line is dead from then until then. */
  readonly dead?: readonly [fromMs: number, untilMs: number]
}

/** One person, two instances, nothing else that breaks. */
function told(name: string, { turns, dead }: Told): Story {
  const person = {
    ...{ beginsAtMs: 0, timesliceMs: 500, comesBack: true },
    turns: turns.map(([atMs, turn]) => ({ atMs, turn })),
  }
  const line = dead && { fault: 'lineDead', atMs: dead[0], lastsMs: dead[1] - dead[0], instance: 0 }
  const plan: Plan = {
    ...{ instances: 2, stranger: null, sleepyFinalizers: 0, rottenObjects: 0, isLong: false },
    persons: [person],
    faults: line ? [line as FaultPlan] : [],
    calmAtMs: Math.max(...turns.map(([atMs]) => atMs)) + 4_000,
  }
  return { name, seed: 1, plan }
}

export const STORIES: readonly Story[] = [
  // The recorder that the change had not begun yet was never stopped: it recorded for ever.
  told('a stop while the camera is changed', {
    turns: [
      [2_000, 'sleep'],
      [2_500, 'switch'],
      [2_600, 'stop'],
      [3_000, 'wake'],
    ],
  }),
  // The row could not be written, so nothing was known to be there: the next take lay over the first.
  told('goes on recording on a disk that is full', {
    dead: [1_200, 6_000],
    turns: [
      [3_200, 'crash'],
      [3_500, 'diskFull'],
      [4_000, 'recordOn'],
      [7_000, 'diskFree'],
      [9_000, 'stop'],
    ],
  }),
  // All was sent and forgotten, then somebody went on: take 0 met take 0 on the server, and was mixed into it.
  told('records again under an id that this device has forgotten', {
    dead: [8_500, 12_000],
    turns: [
      [1_300, 'crash'],
      [2_500, 'visit'],
      [8_000, 'recordOn'],
      [14_000, 'stop'],
    ],
  }),
  // The same with more than the server has under that number: what it lacks went first, and was taken.
  told('records much under an id that this device has forgotten', {
    dead: [7_900, 12_000],
    turns: [
      [1_300, 'crash'],
      [2_500, 'visit'],
      [8_000, 'recordOn'],
      [14_000, 'stop'],
    ],
  }),
]

export function storyOf(name: string): Story {
  const found = STORIES.find((story) => story.name === name)
  if (!found) throw new Error(`no such story: ${name}`)
  return found
}
