import { expect, it } from 'vitest'
import { LEVEL_S, LevelReading } from './level-reading.ts'

const LOUD = 0.5
const during = (seconds: number, power: number, reading: LevelReading) => {
  let changes = 0
  for (let at = 0; at < seconds; at += LEVEL_S) if (reading.take(power)) changes += 1
  return changes
}

it('rises at once and falls slowly', () => {
  const reading = new LevelReading()
  reading.take(LOUD)
  const loud = reading.level
  expect(loud).toBeGreaterThan(0.9)
  reading.take(0)
  expect(reading.level).toBeGreaterThan(0.6 * loud)
  during(2, 0, reading)
  expect(reading.level).toBeLessThan(0.01)
})

it('says the loudest of two seconds, and only what has changed', () => {
  const reading = new LevelReading()
  expect(reading.said.word).toBe('silent')
  expect(during(4.2, LOUD, reading)).toBe(1)
  expect(reading.said.word).toBe('loud')
  during(1, 0, reading)
  during(0.5, LOUD, reading)
  during(1, 0, reading)
  expect(reading.said.word).toBe('loud')
})

it('warns of silence after ten seconds, until something is heard', () => {
  const reading = new LevelReading()
  during(9.5, 0, reading)
  expect(reading.said.isSilent).toBe(false)
  during(1, 0, reading)
  expect(reading.said.isSilent).toBe(true)
  expect(reading.take(LOUD)).toBe(true)
  expect(reading.said.isSilent).toBe(false)
})
