import { describe, expect, test } from 'vitest'
import {
  isSettled,
  REASONS,
  RECORDING_STATUSES,
  type RecordingEvent,
  type RecordingStatus,
  statusesBefore,
  TRANSITIONS,
} from './recording-state.ts'

const events = Object.keys(TRANSITIONS.recording) as RecordingEvent[]

/** Every change of status that the table allows, as `from → to`. */
const edges = new Set(
  RECORDING_STATUSES.flatMap((from) =>
    events.flatMap((event) => {
      const to = TRANSITIONS[from][event]
      return to === null || to === from ? [] : [`${from} → ${to}`]
    }),
  ),
)

describe('the table of transitions', () => {
  test('answers every event in every status', () => {
    expect(Object.keys(TRANSITIONS).sort()).toEqual([...RECORDING_STATUSES].sort())
    for (const status of RECORDING_STATUSES) {
      expect(Object.keys(TRANSITIONS[status])).toEqual(events)
      for (const to of Object.values(TRANSITIONS[status])) {
        if (to !== null) expect(RECORDING_STATUSES).toContain(to)
      }
    }
  })

  test('allows the moves of the contract and no other', () => {
    expect([...edges].sort()).toEqual(
      [
        'recording → finalizing',
        'finalizing → ready',
        'finalizing → incomplete',
        'finalizing → failed',
        // A recording in which nothing was ever stored passes through its claim like every other.
        'finalizing → empty',
        // A sign of life or a chunk while it was being finalized.
        'finalizing → recording',
        'ready → recording',
        'incomplete → recording',
        'failed → recording',
        'empty → recording',
        'ready → finalizing',
        'incomplete → finalizing',
        'failed → finalizing',
        'empty → finalizing',
      ].sort(),
    )
  })

  test('reaches every status from a new recording, and leaves every status', () => {
    for (const start of RECORDING_STATUSES) {
      expect(reachable(start)).toEqual(new Set(RECORDING_STATUSES))
    }
  })

  test('accepts a chunk in every status', () => {
    for (const status of RECORDING_STATUSES) {
      expect(TRANSITIONS[status].chunk).toBe('recording')
      expect(TRANSITIONS[status].lateChunk).not.toBeNull()
    }
  })

  test('makes an empty recording alive again by any chunk', () => {
    expect(TRANSITIONS.empty.lateChunk).toBe('recording')
  })

  test('commits, fails and releases only what is being finalized', () => {
    for (const event of [
      'release',
      'commitReady',
      'commitIncomplete',
      'commitEmpty',
      'fail',
    ] as const) {
      expect(statusesBefore(event)).toEqual(['finalizing'])
    }
  })

  test('lets any recording be claimed, one under a dead lease included', () => {
    expect(statusesBefore('claim')).toEqual([...RECORDING_STATUSES])
  })
})

test('settled is everything but recording and finalizing', () => {
  expect(RECORDING_STATUSES.filter(isSettled)).toEqual(['ready', 'incomplete', 'failed', 'empty'])
})

test('the reasons are those of the contract', () => {
  expect(REASONS).toEqual(['stop', 'pagehide', 'disconnect', 'reconcile', 'admin'])
})

function reachable(start: RecordingStatus): Set<RecordingStatus> {
  const found = new Set<RecordingStatus>([start])
  for (const status of found) {
    for (const to of Object.values(TRANSITIONS[status])) if (to) found.add(to)
  }
  return found
}
