import { expect, test } from 'vitest'
import { PeaksWriter, samplesPerPixel } from './peaks.ts'

const samples = (...values: number[]) => new Uint8Array(new Int16Array(values).buffer)

test('peaks are the lowest and highest sample of each stretch, in 8 bits', () => {
  const writer = new PeaksWriter(4)
  writer.write(samples(0, 256, -256, 512, 32_767, 0, -32_768, 1))
  expect(writer.peaks()).toMatchObject({ length: 2, data: [-1, 2, -128, 127], bits: 8 })
})

test('peaks are the same wherever the bytes are cut, and the last stretch may be short', () => {
  const bytes = samples(...Array.from({ length: 250 }, (_, n) => Math.round(20_000 * Math.sin(n))))
  const whole = new PeaksWriter(16)
  whole.write(bytes)
  const cut = new PeaksWriter(16)
  for (let at = 0; at < bytes.length; at += 3) cut.write(bytes.subarray(at, at + 3))
  expect(cut.peaks()).toEqual(whole.peaks())
  expect(whole.peaks().length).toBe(Math.ceil(250 / 16))
})

test('a long recording has no more peaks than can be drawn, a short one a peak per 10 ms', () => {
  expect(samplesPerPixel(1000)).toBe(80)
  const tenHoursMs = 36_000_000
  expect((tenHoursMs * 8) / samplesPerPixel(tenHoursMs)).toBeLessThanOrEqual(20_000)
  expect(samplesPerPixel(null)).toBe(800)
})
