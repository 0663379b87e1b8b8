// The change of certificates under sessions that live longer than one, on the real library, ingest and ledger.
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LIMITS } from '@holdfast/protocol'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { TestIngest } from '../../test/support/ingest.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { loadedLibrary, webTransport } from '../../test/support/webtransport-library.ts'
import { chunk, hello, noise, TYPE, take } from '../../test/support/wire-frames.ts'
import { openSession, WireStream } from '../../test/support/wire-stream.ts'
import { OriginGuard } from '../http/origin-guard.ts'
import { createLog } from '../observe/log.ts'
import { makeCertificate, readCertificate } from './certificate.ts'
import { reasonOf } from './library.ts'
import { WebTransport, type WebTransportOptions } from './webtransport.ts'

const DAY_MS = 86_400_000

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-webtransport-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test('the certificate is one that browsers take by its hash', async () => {
  const now = Date.now()
  const pem = await makeCertificate(now)
  const { publicKey, validFrom, validTo } = new X509Certificate(pem)
  expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
  expect(Date.parse(validTo) - Date.parse(validFrom)).toBeLessThanOrEqual(14 * DAY_MS)
  expect(Date.parse(validFrom)).toBeLessThan(now)
  expect(readCertificate(pem, pem, true).expiresAtMs).toBeGreaterThan(now + 10 * DAY_MS)
})

test.each([
  ["libc.so.6: version `GLIBC_2.38' not found (required by x.node)", /too old.*glibc 2\.38.*newer/],
  ["Cannot find module '@moq/web-transport'", /not installed.*optional/],
  ['Cannot find native binding.', /does not load on .*builds for/],
])('says why the library does not load: %s', (message, reason) => {
  const error = new Error('Cannot find native binding.', { cause: new Error(message) })
  expect(reasonOf(error)).toMatch(reason)
})

describe.skipIf(typeof webTransport === 'string')('on a port', () => {
  let bed: TestIngest
  beforeAll(async () => {
    bed = await TestIngest.open()
  })
  afterAll(() => bed.close())

  async function listen(options: Partial<WebTransportOptions> = {}): Promise<WebTransport> {
    const port = await freePort()
    const served = await WebTransport.prepare({
      ...{ ingest: bed.ingest, limits: LIMITS, metrics: bed.metrics },
      ...{ host: '127.0.0.1', dataDir: folder(), door: 'door' },
      guard: new OriginGuard({ host: '127.0.0.1', origins: [] }),
      log: createLog({ level: 'silent' }),
      config: { port, files: null },
      ...options,
    })
    await served.listen(port)
    onTestFinished(() => served.close())
    return served
  }

  const offerOf = (served: WebTransport) => {
    const offer = served.offer('127.0.0.1:3000')
    if (!offer) throw new Error('nothing is offered')
    return { ...offer, hashes: [...offer.hashes] }
  }

  async function begin(offer: ReturnType<typeof offerOf>): Promise<WireStream> {
    const opened = await bed.recording()
    const stream = await WireStream.open(await openSession(loadedLibrary().library, offer))
    stream.send(hello(opened.id, opened.token), take(0))
    await stream.next(TYPE.WELCOME)
    return stream
  }

  test('sessions outlive the change of certificates, and both hashes are told meanwhile', async () => {
    let now = Date.now()
    const dataDir = folder()
    const served = await listen({ now: () => now, dataDir })
    const first = offerOf(served)
    const old = await begin(first)
    expect(first.hashes).toHaveLength(1)

    now += 5 * DAY_MS
    await served.renewIfDue()
    expect(offerOf(served)).toEqual(first)

    now += 2 * DAY_MS
    await served.renewIfDue()
    const second = offerOf(served)
    expect(second.hashes).toEqual([expect.any(String), first.hashes[0]])
    expect(Date.parse(second.expiresAt)).toBeGreaterThan(Date.parse(first.expiresAt))
    // Who asked before the change still gets in, and who was in goes on.
    for (const stream of [old, await begin(first), await begin(second)]) {
      stream.send(chunk(0, noise(900, 1)))
      await stream.until('ack 0/0')
    }

    now += 7 * DAY_MS
    // QUIC may hold a port until its last connection counts as idle; the server looks again every hour.
    const third = await waitFor(
      'the third certificate',
      async () => {
        await served.renewIfDue()
        return offerOf(served).url === second.url ? null : offerOf(served)
      },
      { timeoutMs: 60_000 },
    )
    expect(new URL(third.url).port).toBe(new URL(first.url).port)
    expect(third.hashes[1]).toBe(second.hashes[0])
    await old.closed()
    const newest = await begin(third)
    newest.send(chunk(0, noise(900, 1)))
    await newest.until('ack 0/0')
    expect(statSync(join(dataDir, 'webtransport.pem')).mode & 0o777).toBe(0o600)
  }, 120_000)

  test('offers nothing when its certificate has expired and no next one came', async () => {
    let now = Date.now()
    const served = await listen({ now: () => now })
    now += 12 * DAY_MS + 1000
    expect(served.offer('127.0.0.1')).toBeNull()
  })

  test('shows the operator’s own certificate, without a hash, and the next when its files change', async () => {
    const dir = folder()
    const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }
    const write = async () => {
      const pem = await makeCertificate(Date.now())
      for (const file of Object.values(files)) writeFileSync(file, pem)
      return readCertificate(pem, pem, true).hash.toString('base64')
    }
    const before = await write()
    const served = await listen({ config: { port: await freePort(), files } })
    const offer = offerOf(served)
    expect(offer.hashes).toEqual([])
    await begin({ ...offer, hashes: [before] })
    const after = await write()
    await served.renewIfDue()
    await begin({ ...offerOf(served), hashes: [after] })
  })

  test('refuses to start without files that it can read', async () => {
    const files = { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' }
    const config = { port: 1, files }
    await expect(listen({ config })).rejects.toMatchObject({ code: 'config_invalid' })
  })

  test('says that the port is taken', async () => {
    const first = await listen()
    const port = Number(new URL(offerOf(first).url).port)
    await expect(listen({ config: { port, files: null } })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(String(port)),
    })
  })
})
