// The recording on the stage, from the first click to "safe". The one place that starts and stops.
import { signal } from '@preact/signals'
import type { Recording, Upload } from '../../index.ts'
import { formatClock } from '../format/duration.ts'
import type { CaptureSource } from '../record/capture-source.ts'
import { needsOf } from '../record/quality.ts'
import { sayError } from '../strings/say-error.ts'
import { t } from '../strings/strings.ts'
import { cancelCountdown, countDown } from './countdown.ts'
import { refreshRecording } from './library.ts'
import { current, isCapturing, isOver, phase } from './phase.ts'
import { preferences } from './preferences.ts'
import { fetchRecorder } from './recorder-code.ts'
import { chooseSource, closeSource, openSource, replaceSource, source } from './source.ts'
import { say } from './speech.ts'
import { measureUpload } from './upload-rate.ts'
import { isSafe, partsOf, viewUpload } from './upload-view.ts'
import { followUpload } from './uploads.ts'

export const title = signal('')
/** Between the click and the first captured moment: a second click must not start a second one. */
export const isStarting = signal(false)
/** Moments that were marked in the recording on the stage. */
export const marks = signal(0)
/** The recorder could not be started. */
export const startError = signal<string | null>(null)

async function start({ parts }: CaptureSource): Promise<Recording> {
  const { record } = await fetchRecorder()
  const named = title.value.trim()
  const { videoBitsPerSecond, audioBitsPerSecond } = needsOf(preferences.value.quality)
  const options = { ...(named && { title: named }), videoBitsPerSecond, audioBitsPerSecond }
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

/** The click on Record: begins, or counts down to it, or calls that off. */
export function pressRecord(): void {
  if (cancelCountdown() || phase.value !== 'ready') return
  const seconds = preferences.value.countdown
  if (seconds === 0) void startRecording()
  else countDown(seconds, () => void startRecording())
}

async function startRecording(): Promise<void> {
  const opened = source.value
  if (!opened || isStarting.value || phase.value !== 'ready') return
  isStarting.value = true
  startError.value = null
  try {
    const recording = await start(opened)
    recording.on('state', ({ state }) => releaseAfter(recording, state))
    for (const part of partsOf(recording)) showOnceStored(part)
    marks.value = 0
    measureUpload(partsOf(recording))
    current.value = viewUpload(recording)
    say(t.record.started)
  } catch (error) {
    startError.value = error instanceof Error ? sayError(error) : String(error)
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

/** Remembers this moment; it becomes a chapter. */
export function markMoment(): void {
  const recording = current.value?.upload
  if (!recording || !isCapturing.value) return
  const { atMs } = recording.mark()
  marks.value += 1
  say(t.marks.added(formatClock(atMs), marks.value))
}

/** Goes on with other devices after one was lost, in the same recording. */
export async function replaceLostSource(): Promise<void> {
  const old = source.value
  const recording = current.value?.upload
  if (!old || !recording) return
  // A screen that is still shared needs no second question.
  const shared = old.kind === 'both' && old.display?.active ? old.display : null
  const opened = await openSource(old.kind, shared)
  const [first] = opened?.parts ?? []
  if (!opened || !first) return
  await recording.switchStream(first.stream)
  replaceSource(opened)
}

/** Clears the stage; what is still being sent goes on beside it. */
export function clearStage(): void {
  const view = current.value
  if (isCapturing.value || cancelCountdown()) return
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
  if (phase.value === 'ready') return pressRecord()
  if (phase.value === 'idle' || phase.value === 'problem') {
    return chooseSource(preferences.value.source)
  }
  if (isOver.value) return recordAgain()
}
