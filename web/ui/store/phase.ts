// Where the page stands, from the first look to "safe". Derived: nothing sets a phase, it follows from
// the source that is open and the recording that is made.
//
//   idle ─▶ asking ─▶ ready ─▶ recording ⇄ paused ─▶ saving ─▶ safe ─▶ idle
//              └─▶ problem ─▶ idle                     ├─▶ partial ─▶ idle
//                                                      └─▶ failed ─▶ idle
import { computed, signal } from '@preact/signals'
import type { Recording, UploadState } from '../../index.ts'
import { asking, problem, source } from './source.ts'
import type { UploadView } from './upload-view.ts'

export type Phase =
  | 'idle'
  | 'asking'
  | 'problem'
  | 'ready'
  | 'recording'
  | 'paused'
  | 'saving'
  | 'safe'
  | 'partial'
  | 'failed'

/** The recording on the stage. */
export const current = signal<UploadView<Recording> | null>(null)
const PHASE_OF: Record<UploadState, Phase> = {
  recording: 'recording',
  paused: 'paused',
  stopping: 'saving',
  saving: 'saving',
  safe: 'safe',
  ready: 'safe',
  partial: 'partial',
  failed: 'failed',
}

export const phase = computed<Phase>(() => {
  if (current.value) return PHASE_OF[current.value.state.value]
  if (source.value) return 'ready'
  if (asking.value) return 'asking'
  return problem.value ? 'problem' : 'idle'
})

/** What became of a recording is known; the stage is free for the next. */
export const isOver = computed(
  () => phase.value === 'safe' || phase.value === 'partial' || phase.value === 'failed',
)

export const isCapturing = computed(() => phase.value === 'recording' || phase.value === 'paused')
