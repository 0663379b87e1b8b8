// Asks the browser for the devices of one source. Decides what happens when only one of two is there.
import {
  DeviceRefusal,
  describeMediaError,
  type MediaProblem,
  type SourceKind,
} from './media-problem.ts'
import { needsOf, type Quality } from './quality.ts'

export type DeviceChoice = {
  readonly cameraId: string | null
  /** null = no microphone, '' = whichever the system prefers. */
  readonly microphoneId: string | null
  readonly quality: Quality
}

export type CaptureInputs = {
  readonly streams: readonly MediaStream[]
  /** The shared screen, so that another microphone needs no second question. */
  readonly display: MediaStream | null
  /** Why there is no microphone although one was wanted. */
  readonly soundProblem: MediaProblem | null
}

const FRAME_RATE = { frameRate: { ideal: 30 } }
/** Not in TypeScript's library yet: offers the system's sound where a whole screen is shared. */
const SYSTEM_SOUND = { systemAudio: 'include' }
const SCREEN = { video: FRAME_RATE, audio: true, ...SYSTEM_SOUND }

const wanted = (id: string | null): { deviceId?: ConstrainDOMString } =>
  id ? { deviceId: { ideal: id } } : {}

const openMicrophone = (id: string) => navigator.mediaDevices.getUserMedia({ audio: wanted(id) })

async function hasCamera(): Promise<boolean> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  return devices.some((device) => device.kind === 'videoinput')
}

async function openCamera(choice: DeviceChoice): Promise<CaptureInputs> {
  const { width, height } = needsOf(choice.quality)
  const size = { width: { ideal: width }, height: { ideal: height } }
  const video = { ...size, ...FRAME_RATE, ...wanted(choice.cameraId) }
  const open = async (audio: MediaTrackConstraints | false) => [
    await navigator.mediaDevices.getUserMedia({ video, audio }),
  ]
  if (choice.microphoneId === null) {
    return { streams: await open(false), display: null, soundProblem: null }
  }
  try {
    return { streams: await open(wanted(choice.microphoneId)), display: null, soundProblem: null }
  } catch (error) {
    // One missing device refuses both. A camera without sound is better than nothing, and said.
    const soundProblem = describeMediaError(error, 'microphone')
    if (soundProblem.kind !== 'missing' || !(await hasCamera())) throw error
    return { streams: await open(false), display: null, soundProblem }
  }
}

async function openScreen(choice: DeviceChoice, reuse: MediaStream | null): Promise<CaptureInputs> {
  const display = reuse ?? (await navigator.mediaDevices.getDisplayMedia(SCREEN))
  if (choice.microphoneId === null) return { streams: [display], display, soundProblem: null }
  try {
    const streams = [display, await openMicrophone(choice.microphoneId)]
    return { streams, display, soundProblem: null }
  } catch (error) {
    const soundProblem = describeMediaError(error, 'microphone')
    return { streams: [display], display, soundProblem }
  }
}

/** The screen first: a browser lets a page ask for it only right after a click. */
async function openBoth(choice: DeviceChoice, reuse: MediaStream | null): Promise<CaptureInputs> {
  const display = reuse ?? (await navigator.mediaDevices.getDisplayMedia(SCREEN))
  try {
    const { streams, soundProblem } = await openCamera(choice)
    return { streams: [...streams, display], display, soundProblem }
  } catch (cause) {
    if (!reuse) for (const track of display.getTracks()) track.stop()
    throw new DeviceRefusal('camera', cause)
  }
}

/** @throws what getUserMedia or getDisplayMedia throw when nothing can be recorded */
export async function openInputs(
  kind: SourceKind,
  choice: DeviceChoice,
  reuse: MediaStream | null,
): Promise<CaptureInputs> {
  if (kind === 'camera') return openCamera(choice)
  if (kind === 'screen') return openScreen(choice, reuse)
  if (kind === 'both') return openBoth(choice, reuse)
  const streams = [await openMicrophone(choice.microphoneId ?? '')]
  return { streams, display: null, soundProblem: null }
}
