import { RECORDING_STATUSES } from '@holdfast/protocol'
import { expect, it } from 'vitest'
import { isPlayable, wordStatus } from './status-wording.ts'

it('has a label for every status, each its own', () => {
  const labels = RECORDING_STATUSES.map((status) => wordStatus(status, null).label)
  expect(new Set(labels).size).toBe(RECORDING_STATUSES.length)
})

it('says why a ready recording ended when the person did not stop it', () => {
  expect(wordStatus('ready', 'stop').hint).toBeNull()
  expect(wordStatus('ready', 'disconnect').hint).toBe('Ended when the connection was lost')
})

it('explains every status that is not ready', () => {
  for (const status of RECORDING_STATUSES) {
    if (status !== 'ready') expect(wordStatus(status, null).hint).toBeTruthy()
  }
})

it('offers to play everything but an empty recording', () => {
  expect(RECORDING_STATUSES.filter((status) => !isPlayable(status))).toEqual(['empty'])
})
