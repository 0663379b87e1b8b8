// The driver where the browser throws instead of answering.
import { expect, it } from 'vitest'
import type { Rung } from '../transport/transport.ts'
import { UploadDriver, type UploadSource } from './upload-driver.ts'

const SOURCE: UploadSource = {
  readChunk: () => Promise.resolve(null),
  readTake: () => ({ mimeType: '', startedAt: '', init: null }),
  forget: () => undefined,
  setAside: () => undefined,
  renumber: () => undefined,
  create: () => Promise.resolve(null),
  ask: () => Promise.resolve(null),
}

it('goes on with the next rung when the browser refuses to open one', () => {
  const opened: Rung[] = []
  const driver = new UploadDriver({
    endpoint: { server: 'https://example.com', id: 'x', token: 't' },
    setup: { mode: 'live', rungs: ['websocket', 'http'], created: true, takes: [] },
    openers: {
      // What `new WebSocket('ws://…')` does in a page that came by https.
      websocket: () => {
        opened.push('websocket')
        throw new DOMException('The operation is insecure.', 'SecurityError')
      },
      http: () => {
        opened.push('http')
        return { rung: 'http', bufferedBytes: 0, send: () => undefined, close: () => undefined }
      },
    },
    source: SOURCE,
    timer: { set: () => undefined, clear: () => undefined },
    onStep: () => undefined,
  })
  driver.dispatch({ type: 'tick' })
  expect(opened).toEqual(['websocket', 'http'])
  driver.end()
})
