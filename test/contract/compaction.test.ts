// The server makes one object of a recording by itself, and nobody outside can tell but by looking into its folder.
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { HAS_FLEET, RUNTIMES } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'
import { chunk, finish, take } from '../support/wire-frames.ts'

const { slices } = loadTake('webm-vp8-opus-ts1000-30s')
const ENV = { HOLDFAST_COMPACT_AFTER_MS: '1', HOLDFAST_KEEP_REPLACED_MS: '1000' }

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.each(RUNTIMES)('on %s a recording of several segments', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime, ENV)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, seqs: readonly number[], total?: number): Promise<void> {
    const socket = await bed.greet(made)
    socket.send(take(0), ...seqs.map((seq) => chunk(seq, slices[seq] ?? new Uint8Array(0))))
    await socket.until('take 0', ...seqs.map((seq) => `ack 0/${seq}`))
    if (total !== undefined) {
      socket.send(finish([total]))
      await socket.until('finish')
    }
    socket.close()
  }

  const files = ({ id }: Made) =>
    readdir(join(bed.server.dataDir, 'store', id.slice(-2), id)).catch(() => [])

  /** Resolves when only the object is left. */
  async function compacted(made: Made): Promise<void> {
    await waitFor('one object', async () => {
      // Pictures that a job made lie beside it.
      const names = (await files(made)).filter((name) => name.endsWith('.seg'))
      return names.length === 1 && names[0]?.startsWith('object-') === true
    })
  }

  /** Chunks 0 to 2 of one process, 3 and 4 of the next. */
  async function interrupted(): Promise<Made> {
    const made = await bed.http.create()
    await send(made, [0, 1, 2])
    await bed.server.kill()
    await bed.server.start()
    await send(made, [3, 4], 5)
    await bed.http.untilStatus(made, 'ready')
    return made
  }

  test('plays on from another instance, which has a list of places from before', async () => {
    // It looks for work once a minute: the first instance is quicker.
    const player = await bed.startBeside(runtime, { HOLDFAST_COMPACT_AFTER_MS: '0' })
    const made = await interrupted()
    const before = await new WireHttp(player.url).media(made)
    await compacted(made)
    expect(digest(await new WireHttp(player.url).media(made))).toBe(digest(before))
    expect(player.logs.filter(({ level }) => level === 'error')).toEqual([])
    await player.kill()
  })

  // While one is killed the others go on, and its recording is finalized.
  test.skipIf(HAS_FLEET)(
    'becomes one object, plays as before, takes late chunks, and goes when it is deleted',
    async () => {
      const made = await bed.http.create()
      await send(made, [0, 1, 2])
      await bed.server.kill()
      await bed.server.start()
      await send(made, [3, 5], 6)
      await bed.http.untilStatus(made, 'incomplete')
      const before = digest(await bed.http.media(made))
      await compacted(made)
      expect(digest(await bed.http.media(made))).toBe(before)

      await send(made, [4])
      await bed.http.untilStatus(made, 'ready', 2)
      const whole = digest(await bed.http.media(made))
      expect(whole).not.toBe(before)
      expect(digest(await bed.http.media(made, '?version=1'))).toBe(before)
      await compacted(made)
      expect(digest(await bed.http.media(made))).toBe(whole)
      expect(digest(await bed.http.media(made, '?version=1'))).toBe(before)

      await bed.http.call('DELETE', `/api/recordings/${made.id}`)
      await bed.sql`
      update recordings set deleted_at = now() - interval '1 hour' where id = ${made.id}`
      await waitFor('an empty folder', async () => (await files(made)).length === 0)
    },
  )
})
