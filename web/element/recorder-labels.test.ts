import { expect, it } from 'vitest'
import type { Progress } from '../session/recording.ts'
import { labelsIn } from './recorder-labels.ts'

const progress = { recordedMs: 65_000, ackedMs: 64_000 } as Progress

it('speaks German where the page around it does, else English', () => {
  for (const language of ['de', 'de-AT', 'DE']) expect(labelsIn(language).stop).toBe('Stopp')
  for (const language of ['', 'en', 'fr', 'deu']) expect(labelsIn(language).stop).toBe('Stop')
})

it('says how much is safe, and never more than that', () => {
  const { line } = labelsIn('de')
  expect(line('idle', null)).toBe('Wird während der Aufnahme auf dem Server gesichert.')
  expect(line('recording', progress)).toBe('1:05 aufgenommen · 1:04 sicher auf dem Server')
  expect(line('safe', progress)).toBe('1:05 aufgenommen · sicher auf dem Server')
  expect(line('partial', progress)).toBe('1:05 aufgenommen · ein Teil fehlt auf dem Server')
  expect(labelsIn('en').line('failed', progress)).toBe('1:05 recorded · kept on this device')
})
