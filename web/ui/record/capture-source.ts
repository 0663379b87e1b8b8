// Makes one stream of what was opened: at most one picture and one sound, which is what a recorder
// takes. Owns the devices until `close`.
import { type DeviceChoice, openInputs } from './capture-inputs.ts'
import { type LevelMeter, openLevelMeter } from './level-meter.ts'
import type { MediaProblem, SourceKind } from './media-problem.ts'

export type CaptureSource = {
  readonly kind: SourceKind
  /** What is recorded and shown. */
  readonly stream: MediaStream
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

function mixSound(context: AudioContext, streams: readonly MediaStream[]): MediaStreamTrack[] {
  const sounding = streams.filter(hasSound)
  if (sounding.length < 2) return sounding.flatMap((stream) => stream.getAudioTracks())
  const target = context.createMediaStreamDestination()
  for (const stream of sounding) context.createMediaStreamSource(stream).connect(target)
  return target.stream.getAudioTracks()
}

/** Asks for the devices and opens them. @throws what getUserMedia or getDisplayMedia throw */
export async function openCaptureSource(
  kind: SourceKind,
  choice: DeviceChoice,
  reuse: MediaStream | null = null,
): Promise<CaptureSource> {
  const { streams, display, soundProblem } = await openInputs(kind, choice, reuse)
  const inputs = streams.flatMap((stream) => stream.getTracks())
  const context = streams.some(hasSound) ? new AudioContext() : null
  const sound = context ? mixSound(context, streams) : []
  const pictures = inputs.filter((track) => track.kind === 'video')
  const meter = context && openLevelMeter(context, new MediaStream(sound))
  const close = (keep: MediaStream | null = null) => {
    const kept = new Set(keep?.getTracks())
    for (const track of [...inputs, ...sound]) if (!kept.has(track)) track.stop()
    meter?.close()
    void context?.close()
  }
  const stream = new MediaStream([...pictures, ...sound])
  return { kind, stream, meter, inputs, display, soundProblem, close }
}
