import { expect, it } from 'vitest'
import { readPreferences } from './preferences.ts'

it('starts with camera and the system’s microphone', () => {
  expect(readPreferences(null)).toMatchObject({ source: 'camera', microphoneId: '' })
})

it('remembers that no microphone was wanted', () => {
  expect(readPreferences('{"microphoneId":null}').microphoneId).toBeNull()
})

it('ignores what it did not write itself', () => {
  expect(readPreferences('{"source":"fridge","cameraId":7}')).toEqual(readPreferences(null))
  expect(readPreferences('{broken')).toEqual(readPreferences(null))
})
