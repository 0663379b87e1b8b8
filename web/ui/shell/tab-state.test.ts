import { expect, it } from 'vitest'
import { tabStateOf } from './tab-state.ts'

it('shows the running time in the tab while recording', () => {
  expect(tabStateOf('recording', 65_000)).toEqual({
    title: '● 1:05 · Holdfast',
    icon: '/icons/favicon-recording.svg',
  })
})

it('shows another icon while something is still being sent', () => {
  expect(tabStateOf('saving', 65_000).icon).toBe('/icons/favicon-waiting.svg')
})

it('is quiet when nothing is being recorded', () => {
  for (const phase of ['idle', 'ready', 'safe'] as const) {
    expect(tabStateOf(phase, 0)).toEqual({ title: 'Holdfast', icon: '/icons/favicon.svg' })
  }
})
