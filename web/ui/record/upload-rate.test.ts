import { expect, it } from 'vitest'
import { UploadRate } from './upload-rate.ts'

it('tells the rate of chunks that go one by one', () => {
  const rate = new UploadRate()
  expect(rate.bitsPerSecond).toBeNull()
  rate.captured('0/0', 100_000, 0)
  rate.acked('0/0', 200)
  expect(rate.bitsPerSecond).toBe(4_000_000)
})

it('lets chunks that wait for each other share the line', () => {
  const rate = new UploadRate()
  for (const at of [0, 1, 2]) rate.captured(`0/${at}`, 100_000, 0)
  for (const at of [0, 1, 2]) rate.acked(`0/${at}`, (at + 1) * 400)
  expect(rate.bitsPerSecond).toBe(2_000_000)
})

it('learns nothing from tiny chunks, nor from those that waited for a connection', () => {
  const rate = new UploadRate()
  rate.captured('0/0', 100, 0)
  rate.acked('0/0', 50)
  rate.captured('0/1', 100_000, 0)
  rate.interrupted()
  rate.acked('0/1', 60_000)
  expect(rate.bitsPerSecond).toBeNull()
})
