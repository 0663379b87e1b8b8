// The promise, visible: how much is recorded, safe and waiting, as a line and a bar of three tones.
// Not a live region: a running clock must not be spoken every second.
import { useComputed } from '@preact/signals'
import type { Upload } from '../../index.ts'
import type { UploadView } from '../store/upload-view.ts'
import { measureSafety, type Safety } from './safety.ts'
import { safetyWords } from './safety-text.ts'

/** Only for the eye: the words beside it say the same. */
export function SafetyBar({ safety }: { safety: Safety }) {
  const { safe, waiting, newest } = safety.bar
  return (
    <div
      class="safety-bar"
      style={{ '--safe': safe, '--waiting': waiting, '--newest': newest }}
      aria-hidden="true"
    >
      <span class="bar-safe" />
      <span class="bar-waiting" />
      <span class="bar-newest" />
    </div>
  )
}

export function SafetyLine({ view }: { view: UploadView<Upload> }) {
  const safety = useComputed(() => measureSafety(view.progress.value, view.state.value))
  const words = safetyWords(safety.value)
  return (
    <div class="safety">
      <SafetyBar safety={safety.value} />
      <p class="safety-words digits">
        <span>{words.recorded}</span>
        <span class="said-safe">{words.safe}</span>
        {words.waiting && (
          <span class={safety.value.isBehind ? 'said-waiting' : 'said-usual'}>{words.waiting}</span>
        )}
      </p>
    </div>
  )
}
