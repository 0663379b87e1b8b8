// What happens when a device goes away by itself: before recording it is put away and said, while
// recording what is left goes on, and only when nothing is left the recording ends.
import { computed, effect, signal } from '@preact/signals'
import type { CaptureSource } from '../record/capture-source.ts'
import { current, isCapturing, phase } from './phase.ts'
import { stopRecording } from './recording.ts'
import { closeSource, isSourceGone, lostInputs, problem, source } from './source.ts'
import { partsOf } from './upload-view.ts'

export type Loss = 'camera' | 'microphone' | 'screen'

/** The recording on the stage ended because its last device went away. */
export const endedByLoss = signal(false)

function lossOf(lost: MediaStreamTrack, opened: CaptureSource): Loss | null {
  const isOfScreen = opened.display?.getTracks().includes(lost) ?? false
  if (lost.kind === 'video') return isOfScreen ? 'screen' : 'camera'
  return isOfScreen ? null : 'microphone'
}

/** What is missing from the recording that goes on; null when nothing is. */
export const loss = computed<Loss | null>(() => {
  const opened = source.value
  if (!opened || isSourceGone.value) return null
  const losses = lostInputs.value.flatMap((lost) => lossOf(lost, opened) ?? [])
  return losses.find((one) => one !== 'microphone') ?? losses[0] ?? null
})

/** Whether another device can take its place: not where the recording that it was for has ended. */
export const isReplaceable = computed(() => {
  if (!loss.value || !isCapturing.value) return false
  if ((source.value?.parts.length ?? 1) < 2) return true
  const [camera] = current.value ? partsOf(current.value.upload) : []
  return loss.value !== 'screen' && (camera?.state === 'recording' || camera?.state === 'paused')
})

export function watchSourceLoss(): void {
  effect(() => {
    if (phase.value === 'ready') endedByLoss.value = false
    const opened = source.value
    if (!opened || !isSourceGone.value) return
    if (isCapturing.value) {
      endedByLoss.value = opened.display === null
      void stopRecording()
    } else if (phase.value === 'ready') {
      closeSource()
      // Ending to share is what the person did; an unplugged device is what happened to them.
      const { kind } = opened
      if (kind !== 'screen' && kind !== 'both') problem.value = { kind: 'missing', device: kind }
    }
  })
}
