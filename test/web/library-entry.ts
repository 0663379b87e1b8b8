// What runs in the page of these tests: the library's door and the parts that are tested by themselves.
import * as library from '@holdfast/web'
import * as buffer from '../../web/buffer/local-buffer.ts'
import { TakeCutter } from '../../web/capture/take-cutter.ts'
import { ownedIds } from '../../web/session/ownership.ts'

/** A stream that needs no device: a canvas that moves. */
function canvasStream(): MediaStream {
  const canvas = document.createElement('canvas')
  canvas.width = 320
  canvas.height = 240
  const context = canvas.getContext('2d')
  let x = 0
  setInterval(() => {
    x += 7
    context?.clearRect(0, 0, 320, 240)
    context?.fillRect(x % 320, 40, 60, 60)
  }, 50)
  return canvas.captureStream(20)
}

const page = {
  ...library,
  buffer,
  TakeCutter,
  ownedIds,
  canvasStream,
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
