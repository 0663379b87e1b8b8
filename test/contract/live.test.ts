// Following a recording while it is made: the bytes in their order, as soon as they are stored, until it ends.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made, WireHttp } from '../support/wire-client.ts'

const camera = loadTake('webm-vp8-opus-ts100-8s')
const audio = loadTake('audio-webm-opus-ts1000-20s')
const CLUSTER = Buffer.from('1f43b675', 'hex')

/** A viewer that keeps what it gets. */
class Viewer {
  readonly response: Response
  received = Buffer.alloc(0)
  hasEnded = false
  readonly #gone: AbortController

  private constructor(response: Response, gone: AbortController) {
    this.response = response
    this.#gone = gone
    void this.#read().catch(() => undefined)
  }

  static async open(url: string, headers: Record<string, string>): Promise<Viewer> {
    const gone = new AbortController()
    return new Viewer(await fetch(url, { headers, signal: gone.signal }), gone)
  }

  leave(): void {
    this.#gone.abort()
  }

  async until(bytes: Uint8Array): Promise<void> {
    await waitFor(`${bytes.length} bytes`, () => this.received.length >= bytes.length)
    expect(this.received.equals(bytes)).toBe(true)
  }

  async #read(): Promise<void> {
    for await (const piece of this.response.body ?? []) {
      this.received = Buffer.concat([this.received, piece])
    }
    this.hasEnded = true
  }
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  let bed: WireBed
  let http: WireHttp

  beforeAll(async () => {
    bed = await WireBed.start(runtime, { HOLDFAST_GRACE_MS: '60000' })
    http = new WireHttp(bed.url)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, seqs: readonly number[], { take = 0, of = camera } = {}) {
    for (const seq of seqs) {
      const slice = of.slices[seq] ?? new Uint8Array(0)
      const answer = await http.put(made, { take, seq }, slice, { 'Content-Type': of.mimeType })
      expect(answer.status).toBe(201)
    }
  }

  async function follow(made: Made, query = ''): Promise<Viewer> {
    const address = `${bed.url}/api/recordings/${made.id}/live${query}`
    const viewer = await Viewer.open(address, bearer(made.token))
    onTestFinished(() => viewer.leave())
    return viewer
  }

  const upTo = (count: number) => new Uint8Array(Buffer.concat(camera.slices.slice(0, count)))
  const viewers = async () => {
    const text = await (await fetch(`${bed.url}/metrics`)).text()
    return Number(/^holdfast_live_viewers (\d+)$/m.exec(text)?.[1])
  }

  it('from the start, every byte arrives as it is stored, and the stop ends it', async () => {
    const made = await http.create()
    await send(made, [0, 1])
    const viewer = await follow(made, '?from=start')
    expect(viewer.response.headers.get('content-type')).toBe(camera.mimeType)
    expect(viewer.response.headers.get('holdfast-take')).toBe('0')
    await viewer.until(upTo(2))
    await send(made, [2])
    await viewer.until(upTo(3))
    // What overtakes its neighbour waits for it.
    await send(made, [4, 3])
    await viewer.until(upTo(5))
    const { token, id } = made
    const stop = JSON.stringify({ token, takes: [{ take: 0, chunks: 5 }] })
    await http.call('POST', `/api/recordings/${id}/stop`, stop)
    await waitFor('the end', () => viewer.hasEnded)
    await viewer.until(upTo(5))
  })

  it('from the edge, it begins with the header and the newest Cluster that has a keyframe', async () => {
    const made = await http.create()
    const all = Buffer.concat(audio.slices.slice(0, 14))
    await send(made, [...Array(12).keys()], { of: audio })
    const viewer = await follow(made)
    const headerBytes = all.indexOf(CLUSTER)
    await waitFor('a Cluster', () => viewer.received.length > headerBytes + CLUSTER.length)
    await send(made, [12, 13], { of: audio })
    await waitFor('the newest', () => viewer.received.subarray(-200).equals(all.subarray(-200)))
    expect(viewer.received.subarray(0, headerBytes).equals(all.subarray(0, headerBytes))).toBe(true)
    const media = viewer.received.subarray(headerBytes)
    expect(media.subarray(0, 4).equals(CLUSTER)).toBe(true)
    expect(all.subarray(-media.length).equals(media)).toBe(true)
    expect(media.length).toBeLessThan(all.length / 2)
  })

  it('a newer take ends it, and following again gives that one', async () => {
    const made = await http.create()
    await send(made, [0, 1])
    const viewer = await follow(made)
    await send(made, [0, 1], { take: 1, of: audio })
    await waitFor('the end', () => viewer.hasEnded)
    const next = await follow(made)
    expect(next.response.headers.get('holdfast-take')).toBe('1')
    expect(next.response.headers.get('content-type')).toBe(audio.mimeType)
  })

  it('a hole that stays open ends it', async () => {
    const made = await http.create()
    await send(made, [0, 1])
    const viewer = await follow(made, '?from=start')
    await send(made, [3])
    await waitFor('the end', () => viewer.hasEnded)
    await viewer.until(upTo(2))
  })

  it.skipIf(HAS_FLEET)('a viewer who leaves is forgotten', async () => {
    const made = await http.create()
    await send(made, [0, 1])
    const before = await viewers()
    const viewer = await follow(made, '?from=start')
    await viewer.until(upTo(2))
    expect(await viewers()).toBe(before + 1)
    viewer.leave()
    await waitFor('one viewer less', async () => (await viewers()) === before)
  })

  it('bytes that call themselves a page are bytes', async () => {
    const made = await http.create()
    const html = { 'Content-Type': 'text/html' }
    await http.put(made, { take: 0, seq: 0 }, upTo(2), html)
    const viewer = await follow(made)
    expect(viewer.response.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('before anything can be played, and for whom it is not, it says so', async () => {
    const made = await http.create()
    const codeOf = async (viewer: Viewer) =>
      waitFor('a code', () => /"code":"(\w+)"/.exec(viewer.received.toString())?.[1])
    expect(await codeOf(await follow(made))).toBe('no_media')
    await http.put(made, { take: 0, seq: 0 }, new TextEncoder().encode('no media at all'))
    expect(await codeOf(await follow(made))).toBe('no_media')
    const address = `${bed.url}/api/recordings/${made.id}/live?access=of-another`
    expect(await codeOf(await Viewer.open(address, {}))).toBe('link_expired')
  })
})
