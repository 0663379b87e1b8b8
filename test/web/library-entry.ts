// What runs in the page of these tests: the library's door and the parts that are tested by themselves.
import * as library from '@holdfast/web'
import * as files from '@holdfast/web/files'
import { TakeCutter } from '../../web/capture/take-cutter.ts'
import { ownedIds } from '../../web/session/ownership.ts'
import * as buffer from '../support/whole-buffer.ts'

const [WIDTH, HEIGHT] = [320, 240]

/** A stream that needs no device. */
function drawnStream(draw: (context: CanvasRenderingContext2D) => void): MediaStream {
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = HEIGHT
  const context = canvas.getContext('2d')
  setInterval(() => context && draw(context), 50)
  return canvas.captureStream(20)
}

/** Something that moves: a few kB a second. */
function canvasStream(): MediaStream {
  let x = 0
  return drawnStream((context) => {
    x += 7
    context.clearRect(0, 0, WIDTH, HEIGHT)
    context.fillRect(x % WIDTH, 40, 60, 60)
  })
}

/** Nothing that can be compressed: a second is more than a beacon carries. */
function noiseStream(): MediaStream {
  const noise = new Uint8ClampedArray(WIDTH * HEIGHT * 4)
  return drawnStream((context) => {
    for (let at = 0; at < noise.length; at += 65_536) {
      crypto.getRandomValues(noise.subarray(at, at + 65_536))
    }
    context.putImageData(new ImageData(noise, WIDTH, HEIGHT), 0, 0)
  })
}

const page = {
  ...library,
  ...files,
  buffer,
  TakeCutter,
  ownedIds,
  canvasStream,
  noiseStream,
  /** Everything that happened to the recording of this page, in order. */
  log: [] as { type: string; event: unknown }[],
  recording: null as Awaited<ReturnType<typeof library.record>> | null,

  async begin(options: Parameters<typeof library.record>[1] = {}, stream = canvasStream()) {
    const recording = await library.record(stream, options)
    page.recording = recording
    const types = [
      'captured',
      'buffered',
      'acked',
      'transport',
      'missing',
      'ready',
      'error',
      'state',
    ] as const
    for (const type of types) recording.on(type, (event) => page.log.push({ type, event }))
    return { id: recording.id, token: recording.token }
  },

  count: (type: string) => page.log.filter((entry) => entry.type === type).length,
}

export type LibraryPage = typeof page

Object.assign(globalThis, { holdfast: page })
