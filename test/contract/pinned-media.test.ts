// What a player holds in its hand while the recording goes on: an address that stays one file.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { expectedFile } from '../support/expected-file.ts'
import { RUNTIMES } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp, WireSocket } from '../support/wire-client.ts'

const { slices, mimeType } = loadTake('audio-webm-opus-ts1000-20s')

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer())

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, from: number, to: number): Promise<void> {
    for (let seq = from; seq < to; seq += 1) {
      const at = { take: 0, seq }
      await http.put(made, at, slices[seq] ?? new Uint8Array(0), { 'Content-Type': mimeType })
    }
  }

  async function stop({ id, token }: Made, chunks: number): Promise<void> {
    const body = JSON.stringify({ token, takes: [{ take: 0, chunks }] })
    await http.call('POST', `/api/recordings/${id}/stop`, body)
  }

  it('is one file to a player that began before the next version came, ranges without If-Range too', async () => {
    const first = slices.length - 3
    const made = await http.create()
    await send(made, 0, first)
    await stop(made, first)
    const socket = await WireSocket.greet(bed.url, made)
    const view = await http.untilStatus(made, 'ready', 1)
    const { file, bytes } = expectedFile(slices.slice(0, first))
    const half = Math.floor(file.size / 2)
    const ready = await socket.event('ready')
    const address = [String(ready.mediaUrl), view.mediaUrl, view.takes[0]?.mediaUrl]
    const read = async (url: string | undefined, range: string) =>
      await bytesOf(await fetch(`${bed.url}${url}`, { headers: { Range: range } }))
    const begun = await Promise.all(address.map((url) => read(url, `bytes=0-${half - 1}`)))
    await send(made, first, slices.length)
    await stop(made, slices.length)
    const next = await http.untilStatus(made, 'ready', 2)
    for (const [n, url] of address.entries()) {
      const whole = Buffer.concat([
        begun[n] ?? new Uint8Array(0),
        await read(url, `bytes=${half}-`),
      ])
      expect(sha256(whole)).toBe(sha256(bytes))
    }
    const whole = await bytesOf(await fetch(`${bed.url}${next.mediaUrl}`))
    expect(sha256(whole)).toBe(sha256(expectedFile(slices).bytes))
    expect(sha256(await bytesOf(await fetch(`${bed.url}/api/recordings/${made.id}/media`)))).toBe(
      sha256(whole),
    )
    socket.close()
  })
})
