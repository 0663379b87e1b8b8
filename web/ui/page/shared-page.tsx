// The page of a recording for whoever was given a link to it: to read, and nothing else of the app.
import { effect } from '@preact/signals'
import { render } from 'preact'
import { titleOf } from '../library/recording-row.tsx'
import { SpeechRegions } from '../shell/speech-regions.tsx'
import { t } from '../strings/strings.ts'
import type { Seen } from './detail.ts'
import { type PageState, watchRecording } from './page-state.ts'
import { RecordingView } from './recording-view.tsx'

function SharedPage({ state }: { state: PageState }) {
  return (
    <div class="app">
      <header class="topbar">
        <span class="brand">
          <img src="/icons/icon.svg" width="32" height="32" alt="" />
          {t.app.name}
        </span>
      </header>
      <main class="recording-page" id="recording">
        <RecordingView state={state} own={null} device={null} />
      </main>
      <SpeechRegions />
    </div>
  )
}

export function showShared(root: Element, seen: Seen): void {
  const state = watchRecording(seen, new AbortController().signal)
  effect(() => {
    const info = state.info.value
    document.title = info ? `${titleOf(info)} · ${t.app.name}` : t.app.name
  })
  render(<SharedPage state={state} />, root)
}
