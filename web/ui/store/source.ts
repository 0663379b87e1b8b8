// The source that is open now: asking for it, opening, losing and putting it away.
import { computed, signal } from '@preact/signals'
import type { DeviceChoice } from '../record/capture-inputs.ts'
import { type CaptureSource, openCaptureSource } from '../record/capture-source.ts'
import {
  type DeviceKind,
  describeMediaError,
  type MediaProblem,
  missingAbility,
  type SourceKind,
} from '../record/media-problem.ts'
import { readDevices } from './devices.ts'
import { type Layout, prefer, preferences } from './preferences.ts'
import { prepareRecorder } from './recorder-code.ts'

/** What the person is being asked for by the browser; null when nothing. */
export const asking = signal<SourceKind | null>(null)
/** What the person asked for last. */
export const asked = signal<SourceKind>('camera')
export const source = signal<CaptureSource | null>(null)
export const problem = signal<MediaProblem | null>(null)
/** Sound tracks of the open source that the system, or a switch on the device, keeps silent. */
export const mutedInputs = signal<readonly MediaStreamTrack[]>([])
/** Tracks of the open source that ended by themselves. */
export const lostInputs = signal<readonly MediaStreamTrack[]>([])

export const isSourceGone = computed(() => {
  const inputs = source.value?.inputs ?? []
  return inputs.length > 0 && inputs.every((track) => lostInputs.value.includes(track))
})

/** Each question outdates the one before: a late answer must not open a camera nobody waits for. */
let question = 0

function choiceFor(kind: SourceKind): DeviceChoice & { layout: Layout } {
  const { screenMicrophoneId, microphoneId, ...chosen } = preferences.value
  if (kind === 'screen') return { ...chosen, cameraId: null, microphoneId: screenMicrophoneId }
  return { ...chosen, microphoneId: kind === 'microphone' ? (microphoneId ?? '') : microphoneId }
}

function adopt(opened: CaptureSource): void {
  source.value = opened
  lostInputs.value = []
  const sounds = opened.inputs.filter((track) => track.kind === 'audio')
  const readMuted = () => {
    if (source.value === opened) mutedInputs.value = sounds.filter((track) => track.muted)
  }
  readMuted()
  for (const track of opened.inputs) {
    track.addEventListener('ended', () => {
      if (source.value === opened) lostInputs.value = [...lostInputs.value, track]
    })
    track.addEventListener('mute', readMuted)
    track.addEventListener('unmute', readMuted)
  }
}

/** What is asked for first, and so what a refusal speaks of. */
const deviceOf = (kind: SourceKind): DeviceKind => (kind === 'both' ? 'screen' : kind)

function refuse(error: unknown, kind: SourceKind): void {
  const found = describeMediaError(error, deviceOf(kind))
  problem.value = found.kind === 'dismissed' ? null : found
}

/** Opens another source without touching the open one; null when refused, outdated or dismissed. */
export async function openSource(
  kind: SourceKind,
  reuse: MediaStream | null = null,
): Promise<CaptureSource | null> {
  const mine = ++question
  asked.value = kind
  problem.value = missingAbility(deviceOf(kind), {
    isSecure: isSecureContext,
    devices: navigator.mediaDevices,
    hasRecorder: typeof MediaRecorder === 'function',
  })
  if (problem.value) return null
  asking.value = kind
  prepareRecorder()
  try {
    const opened = await openCaptureSource(kind, choiceFor(kind), reuse)
    if (mine === question) return opened
    opened.close(reuse)
  } catch (error) {
    if (mine === question) refuse(error, kind)
  } finally {
    if (mine === question) asking.value = null
  }
  return null
}

export async function chooseSource(kind: SourceKind): Promise<void> {
  const opened = await openSource(kind)
  if (!opened) return
  prefer({ source: kind })
  replaceSource(opened)
  await readDevices()
}

export function replaceSource(opened: CaptureSource): void {
  source.value?.close(opened.display)
  adopt(opened)
}

/**
 * Opens the devices anew after another was picked; a shared screen stays shared. The old ones are let
 * go first: many phones cannot open two cameras at once.
 */
export async function reopenSource(change: Parameters<typeof prefer>[0]): Promise<void> {
  prefer(change)
  const old = source.value
  if (!old) return
  old.close(old.display)
  const opened = await openSource(old.kind, old.display)
  if (opened) adopt(opened)
  else if (source.value === old) source.value = null
}

export function closeSource(): void {
  question++
  asking.value = null
  problem.value = null
  source.value?.close()
  source.value = null
  lostInputs.value = []
  mutedInputs.value = []
}
