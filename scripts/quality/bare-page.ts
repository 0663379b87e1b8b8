// What recording costs at least: a page that shows the camera, records it as ours does and keeps nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const SCRIPT = `
const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }
const stream = await navigator.mediaDevices.getUserMedia({ video: size, audio: {} })
document.querySelector('video').srcObject = stream
const recorder = new MediaRecorder(stream, {
  mimeType: 'video/webm;codecs=vp9,opus',
  videoBitsPerSecond: 2_500_000,
  audioBitsPerSecond: 128_000,
  videoKeyFrameIntervalDuration: 1000,
})
globalThis.bytes = 0
recorder.ondataavailable = ({ data }) => { globalThis.bytes += data.size }
recorder.start(1000)
document.title = 'recording'
`

const HTML = `<!doctype html><meta charset="utf-8"><title>bare</title>
<video autoplay muted playsinline style="width:50%"></video>
<script type="module">${SCRIPT}</script>`

export type BarePage = { url: string; close(): void }

export async function serveBarePage(): Promise<BarePage> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(HTML)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
