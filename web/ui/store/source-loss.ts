// What happens when a device goes away by itself: before recording it is put away and said, while
// recording what is left goes on, and only when nothing is left the recording ends.
import { computed, effect, signal } from '@preact/signals'
import { isCapturing, phase } from './phase.ts'
import { stopRecording } from './recording.ts'
import { closeSource, isSourceGone, lostInputs, problem, source } from './source.ts'

export type Loss = 'camera' | 'microphone' | 'screen'

/** The recording on the stage ended because its last device went away. */
export const endedByLoss = signal(false)

/** What is missing from the recording that goes on; null when nothing is. */
export const loss = computed<Loss | null>(() => {
  const opened = source.value
  const [lost] = lostInputs.value
  if (!opened || !lost || isSourceGone.value) return null
  if (lost.kind === 'audio') return opened.display?.getTracks().includes(lost) ? null : 'microphone'
  return opened.kind === 'screen' ? 'screen' : 'camera'
})

export function watchSourceLoss(): void {
  effect(() => {
    if (phase.value === 'ready') endedByLoss.value = false
    const opened = source.value
    if (!opened || !isSourceGone.value) return
    if (isCapturing.value) {
      endedByLoss.value = opened.kind !== 'screen'
      void stopRecording()
    } else if (phase.value === 'ready') {
      closeSource()
      // Ending to share is what the person did; an unplugged device is what happened to them.
      if (opened.kind !== 'screen') problem.value = { kind: 'missing', device: opened.kind }
    }
  })
}
