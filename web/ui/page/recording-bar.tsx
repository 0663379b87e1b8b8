// While another recording is looked at: what is being recorded, how safe it is, and the way back to it.
import { useComputed } from '@preact/signals'
import { measureSafety } from '../record/safety.ts'
import { safetyWords } from '../record/safety-text.ts'
import { current, type Phase, phase } from '../store/phase.ts'
import { closeRecording } from '../store/place.ts'
import type { UploadView } from '../store/upload-view.ts'
import { pageWords } from '../strings/page-words.ts'

const words = pageWords.bar

function wordsOf(now: Phase, title: string | null): string | null {
  switch (now) {
    case 'ready':
      return words.ready
    case 'recording':
      return title ? words.recording(title) : words.recordingUntitled
    case 'paused':
      return title ? words.paused(title) : words.pausedUntitled
    case 'saving':
      return words.saving
    default:
      return null
  }
}

function Safety({ view }: { view: UploadView }) {
  const safety = useComputed(() => measureSafety(view.progress.value, view.state.value))
  const { recorded, safe, waiting } = safetyWords(safety.value)
  return (
    <span class="facts digits">
      <span>{recorded}</span>
      <span>{safe}</span>
      {waiting && <span>{waiting}</span>}
    </span>
  )
}

export function RecordingBar() {
  const now = phase.value
  const view = current.value
  const says = wordsOf(now, view?.upload.title ?? null)
  if (says === null) return null
  return (
    <section class={`recording-bar ${now}`} aria-label={words.label}>
      <span class="dot" aria-hidden="true" />
      <span class="recording-bar-says">{says}</span>
      {view && <Safety view={view} />}
      <button type="button" class="button" onClick={closeRecording}>
        {words.go}
      </button>
    </section>
  )
}
