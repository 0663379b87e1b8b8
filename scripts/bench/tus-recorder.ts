// A recorder that uploads by tus 1.0: one upload of unknown length, one PATCH per chunk.
import { CHUNK_BYTES, type Recorder } from './load.ts'

const HEADERS = { 'Tus-Resumable': '1.0.0' }
const chunk = new Uint8Array(CHUNK_BYTES).fill(7)

export async function openTusRecorder(url: string): Promise<Recorder> {
  const headers = { ...HEADERS, 'Upload-Defer-Length': '1' }
  const created = await fetch(`${url}/files`, { method: 'POST', headers })
  const location = created.headers.get('location')
  if (created.status !== 201 || !location) throw new Error(`tus: ${created.status}`)
  const upload = new URL(location, url)
  let offset = 0
  return {
    async send() {
      const answer = await fetch(upload, {
        method: 'PATCH',
        body: chunk,
        headers: {
          ...HEADERS,
          'Content-Type': 'application/offset+octet-stream',
          'Upload-Offset': String(offset),
        },
      })
      if (answer.status !== 204) throw new Error(`tus: ${answer.status}`)
      offset += CHUNK_BYTES
    },
    close: () => Promise.resolve(),
  }
}
