// Puts the state of the recording into the tab's title and icon.
import { computed, effect } from '@preact/signals'
import { current, phase } from '../store/phase.ts'
import { pageTitle } from '../store/place.ts'
import { tabStateOf } from './tab-state.ts'

export function showTabState(): void {
  const state = computed(() =>
    tabStateOf(phase.value, current.value?.progress.value.recordedMs ?? 0, pageTitle.value),
  )
  const icon = computed(() => state.value.icon)
  effect(() => {
    document.title = state.value.title
  })
  effect(() => {
    document.querySelector('link[rel="icon"]')?.setAttribute('href', icon.value)
  })
}
