import { RECORDING_STATUSES } from '@holdfast/protocol'
import { expect, it } from 'vitest'
import { isPlayable, wordStatus } from './status-wording.ts'

it('has a label for every status, each its own', () => {
  const labels = RECORDING_STATUSES.map((status) => wordStatus(status).label)
  expect(new Set(labels).size).toBe(RECORDING_STATUSES.length)
})

it('offers to play everything but an empty recording', () => {
  expect(RECORDING_STATUSES.filter((status) => !isPlayable(status))).toEqual(['empty'])
})
