// Makes streams of what was opened: each at most one picture and one sound, which is what a recorder takes. Owns
// the devices until `close`.
import type { Layout } from '../store/preferences.ts'
import { type CaptureInputs, type DeviceChoice, openInputs } from './capture-inputs.ts'
import { type LevelMeter, openLevelMeter } from './level-meter.ts'
import type { DeviceKind, MediaProblem, SourceKind } from './media-problem.ts'

/** What is recorded as one recording, and shown. */
export type SourcePart = { readonly kind: DeviceKind; readonly stream: MediaStream }

export type CaptureSource = {
  readonly kind: SourceKind
  /** One, or the camera and then the screen. */
  readonly parts: readonly SourcePart[]
  /** null when there is no sound. */
  readonly meter: LevelMeter | null
  /** The tracks as the devices give them: a mixed sound track never ends, these do. */
  readonly inputs: readonly MediaStreamTrack[]
  readonly display: MediaStream | null
  readonly soundProblem: MediaProblem | null
  /** Lets the devices go, all but the tracks of `keep`. */
  close(keep?: MediaStream | null): void
}

const hasSound = (stream: MediaStream) => stream.getAudioTracks().length > 0

const soundOf = ({ stream }: SourcePart) => new MediaStream(stream.getAudioTracks())

/** One stream with the picture and all the sound there is. */
function joinStreams(context: AudioContext | null, streams: readonly MediaStream[]): MediaStream {
  const pictures = streams.flatMap((stream) => stream.getVideoTracks())
  return new MediaStream([...pictures, ...(context ? mixSound(context, streams) : [])])
}

function mixSound(context: AudioContext, streams: readonly MediaStream[]): MediaStreamTrack[] {
  const sounding = streams.filter(hasSound)
  if (sounding.length < 2) return sounding.flatMap((stream) => stream.getAudioTracks())
  const target = context.createMediaStreamDestination()
  for (const stream of sounding) context.createMediaStreamSource(stream).connect(target)
  return target.stream.getAudioTracks()
}

/** Whether this browser can make one picture of two. */
export const canCompose = (): boolean =>
  'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis

async function partsOf(
  kind: SourceKind,
  { streams, display }: CaptureInputs,
  { layout, context }: { layout: Layout; context: AudioContext | null },
): Promise<SourcePart[]> {
  if (kind !== 'both') return [{ kind, stream: joinStreams(context, streams) }]
  if (layout === 'two' || !canCompose()) {
    return streams.map((stream) => ({ kind: stream === display ? 'screen' : 'camera', stream }))
  }
  const [screen] = display?.getVideoTracks() ?? []
  const [camera] = streams.flatMap((stream) => (stream === display ? [] : stream.getVideoTracks()))
  if (!screen || !camera) return [{ kind: 'screen', stream: joinStreams(context, streams) }]
  const { composePicture } = await import('../together/composition.ts')
  const sound = context ? mixSound(context, streams) : []
  return [{ kind: 'screen', stream: new MediaStream([composePicture(screen, camera), ...sound]) }]
}

/** Asks for the devices and opens them. @throws what getUserMedia or getDisplayMedia throw */
export async function openCaptureSource(
  kind: SourceKind,
  choice: DeviceChoice & { readonly layout: Layout },
  reuse: MediaStream | null = null,
): Promise<CaptureSource> {
  const opened = await openInputs(kind, choice, reuse)
  const { streams, display, soundProblem } = opened
  const inputs = streams.flatMap((stream) => stream.getTracks())
  const context = streams.some(hasSound) ? new AudioContext() : null
  const parts = await partsOf(kind, opened, { layout: choice.layout, context })
  const heard = parts.map(soundOf).find(hasSound)
  const meter = context && heard ? openLevelMeter(context, heard) : null
  const close = (keep: MediaStream | null = null) => {
    const kept = new Set(keep?.getTracks())
    const recorded = parts.flatMap(({ stream }) => stream.getTracks())
    for (const track of [...inputs, ...recorded]) if (!kept.has(track)) track.stop()
    meter?.close()
    void context?.close()
  }
  return { kind, parts, meter, inputs, display, soundProblem, close }
}
