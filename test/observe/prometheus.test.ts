// The alert rules in a real Prometheus: it understands them, finds every series that they name, is silent while nothing is
// wrong, and calls for a person for real causes.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flipBit } from '../support/compaction-site.ts'
import { loadTake } from '../support/corpus.ts'
import { checkRules, hasPrometheus, Prometheus } from '../support/prometheus.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')

describe.skipIf(!hasPrometheus)('the alert rules', () => {
  let server: ServerProcess
  let prometheus: Prometheus
  let named: readonly string[]
  beforeAll(async () => {
    server = await startServer()
    prometheus = await Prometheus.start(server.url)
    const text = await Bun.file(new URL('../../deploy/alerts.yml', import.meta.url)).text()
    named = [...text.matchAll(/\bholdfast_\w+(?:\{[^}]*\})?/g)].map(([selector]) => selector)
  })
  afterAll(async () => {
    await prometheus.stop()
    await server.stop()
  })

  const http = () => new WireHttp(server.url)
  const put = (made: Made, seq: number, bytes = slices[seq] ?? new Uint8Array(0)) =>
    http().put(made, { take: 0, seq }, bytes, { 'Content-Type': mimeType })

  const alert = (name: string) =>
    waitFor(`the rule ${name}`, async () =>
      (await prometheus.rules()).find((one) => one.name === name),
    )

  const untilState = (name: string, state: string) =>
    waitFor(`${name} to be ${state}`, async () => (await alert(name)).state === state)

  test('are understood by promtool and evaluated without an error', async () => {
    expect(await checkRules()).toMatch(/SUCCESS: \d\d rules found/)
    const rules = await waitFor('every rule to be evaluated', async () => {
      const known = await prometheus.rules()
      return known.every(({ health }) => health !== 'unknown') && known
    })
    expect(rules.length).toBeGreaterThan(10)
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
  })

  test('name series that are there from the first scrape, and are silent while nothing is wrong', async () => {
    await waitFor('a scrape', async () => (await prometheus.count('holdfast_build_info')) > 0)
    expect(named.length).toBeGreaterThan(10)
    const counts = await Promise.all(named.map((one) => prometheus.count(one)))
    expect(named.filter((_, at) => counts[at] === 0)).toEqual([])
    await waitFor('silence', async () =>
      (await prometheus.rules()).every(({ state }) => state === 'inactive'),
    )
  })

  test('call for a person when a client gives one number to different bytes', async () => {
    const made = await http().create()
    await put(made, 0)
    await put(made, 0, slices[1])
    await untilState('HoldfastConflicts', 'firing')
  })

  test('call for a person at the first damage, by a series that was 0 before it', async () => {
    const made = await http().create()
    await put(made, 0)
    await put(made, 1)
    const stop = { token: made.token, takes: [{ take: 0, chunks: 2 }], reason: 'user' }
    await http().call('POST', `/api/recordings/${made.id}/stop`, JSON.stringify(stop))
    await http().untilStatus(made, 'ready', 1)
    const folder = join(server.dataDir, 'store', made.id.slice(-2), made.id)
    const [segment = ''] = await readdir(folder)
    await flipBit(join(folder, segment), (bytes) => Math.floor(bytes / 2))
    // What a player gets breaks off there.
    await http()
      .media(made)
      .catch(() => undefined)
    await untilState('HoldfastBytesDamaged', 'firing')
  })

  test('notice that no server answers', async () => {
    await server.kill()
    await untilState('HoldfastDown', 'pending')
  })
})
