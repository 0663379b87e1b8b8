// The recording on the stage, from the first click to "safe". The one place that starts and stops.
import { signal } from '@preact/signals'
import type { Recording, Upload } from '../../index.ts'
import type { CaptureSource } from '../record/capture-source.ts'
import { t } from '../strings/strings.ts'
import { refreshRecording } from './library.ts'
import { current, isCapturing, isOver, phase } from './phase.ts'
import { preferences } from './preferences.ts'
import { fetchRecorder } from './recorder-code.ts'
import { chooseSource, closeSource, openSource, replaceSource, source } from './source.ts'
import { say } from './speech.ts'
import { isSafe, partsOf, viewUpload } from './upload-view.ts'
import { followUpload } from './uploads.ts'

export const BITS_PER_SECOND = { video: 2_500_000, audio: 128_000 }

export const title = signal('')
/** Between the click and the first captured moment: a second click must not start a second one. */
export const isStarting = signal(false)
/** The recorder could not be started. */
export const startError = signal<string | null>(null)

async function start({ parts }: CaptureSource): Promise<Recording> {
  const { record } = await fetchRecorder()
  const named = title.value.trim()
  const options = {
    ...(named && { title: named }),
    videoBitsPerSecond: BITS_PER_SECOND.video,
    audioBitsPerSecond: BITS_PER_SECOND.audio,
  }
  const [only, ...more] = parts
  if (only && more.length === 0) return await record(only.stream, options)
  const { recordBoth } = await import('../together/record-both.ts')
  return await recordBoth(record, parts, options)
}

/** Its row is in the list as soon as the server has something of it. */
function showOnceStored(upload: Upload): void {
  const stopWaiting = upload.on('acked', () => {
    stopWaiting()
    void refreshRecording(upload.id)
  })
}

export async function startRecording(): Promise<void> {
  const opened = source.value
  if (!opened || isStarting.value || phase.value !== 'ready') return
  isStarting.value = true
  startError.value = null
  try {
    const recording = await start(opened)
    recording.on('state', ({ state }) => releaseAfter(recording, state))
    for (const part of partsOf(recording)) showOnceStored(part)
    current.value = viewUpload(recording)
    say(t.record.started)
  } catch (error) {
    startError.value = error instanceof Error ? error.message : String(error)
  } finally {
    isStarting.value = false
  }
}

/** The devices are let go once the last slice is out, and not before. */
function releaseAfter(recording: Recording, state: Recording['state']): void {
  if (current.value?.upload !== recording || state === 'stopping') return
  if (state !== 'recording' && state !== 'paused') closeSource()
}

export async function stopRecording(): Promise<void> {
  const recording = current.value?.upload
  if (!recording || !isCapturing.value) return
  say(t.record.stoppedSay)
  try {
    await recording.stop()
    say(t.safety.saved)
  } catch (error) {
    // The stage shows the refusal, or what is missing, from the recording's own state.
    console.warn('Not all of the recording is on the server', error)
  }
}

export function togglePause(): void {
  const recording = current.value?.upload
  if (phase.value === 'recording') {
    recording?.pause()
    say(t.record.pausedSay)
  } else if (phase.value === 'paused') {
    recording?.resume()
    say(t.record.resumedSay)
  }
}

/** Goes on with other devices after one was lost, in the same recording. */
export async function replaceLostSource(): Promise<void> {
  const old = source.value
  const recording = current.value?.upload
  if (!old || !recording) return
  const opened = await openSource(old.kind, old.kind === 'both' ? old.display : null)
  const [first] = opened?.parts ?? []
  if (!opened || !first) return
  await recording.switchStream(first.stream)
  replaceSource(opened)
}

/** Clears the stage; what is still being sent goes on beside it. */
export function clearStage(): void {
  const view = current.value
  if (isCapturing.value) return
  for (const part of view ? partsOf(view.upload) : []) {
    if (!isSafe(part.state)) followUpload(part, false)
  }
  current.value = null
  title.value = ''
  startError.value = null
  closeSource()
}

export async function recordAgain(): Promise<void> {
  clearStage()
  await chooseSource(preferences.value.source)
}

/** Space and R: the next step towards recording, or its end. */
export async function advance(): Promise<void> {
  if (isCapturing.value) return stopRecording()
  if (phase.value === 'ready') return startRecording()
  if (phase.value === 'idle' || phase.value === 'problem') {
    return chooseSource(preferences.value.source)
  }
  if (isOver.value) return recordAgain()
}
