// Receipts over the wire: what they tell, to whom, and that nothing but a change of the recording changes them.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAsStranger, fetchKeys, fetchReceipt } from '../support/receipts.ts'
import { RUNTIMES } from '../support/server.ts'
import { WireBed } from '../support/wire-bed.ts'
import { bearer, type Made } from '../support/wire-client.ts'
import { chunk, finish, noise, take } from '../support/wire-frames.ts'

const bytesOf = (seq: number) => noise(100 + seq, seq)
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe.each(RUNTIMES)('on %s the receipt of a recording', (runtime) => {
  let bed: WireBed
  beforeAll(async () => {
    bed = await WireBed.start(runtime)
  })
  afterAll(() => bed.stop())

  async function send(made: Made, seqs: readonly number[], totals: number[] = []): Promise<void> {
    const socket = await bed.greet(made)
    socket.send(take(0), ...seqs.map((seq) => chunk(seq, bytesOf(seq))))
    await socket.until('take 0', ...seqs.map((seq) => `ack 0/${seq}`))
    if (totals.length > 0) {
      socket.send(finish(totals))
      await socket.until('finish')
    }
    socket.close()
  }

  test('tells what was received, what never came, what was refused and what is damaged', async () => {
    const made = await bed.http.create()
    await send(made, [0, 1, 3, 4], [6, 2])
    const other = await bed.http.put(made, { take: 0, seq: 1 }, noise(50, 9))
    expect(other.status).toBe(409)
    await bed.http.untilStatus(made, 'incomplete')
    await bed.sql`
      update chunks set damaged_at = now() where recording_id = ${made.id} and seq = 4`

    const { text, entries, statement } = await fetchReceipt(bed.url, made)

    checkAsStranger(text, await fetchKeys(bed.url))
    const told = { receivedAt: expect.stringMatching(/^20.*Z$/) as unknown }
    const came = (seq: number, what: string) => {
      const sha256 = hashOf(bytesOf(seq))
      return { what, take: 0, seq, bytes: 100 + seq, sha256, transport: 'websocket', ...told }
    }
    expect(entries).toEqual([
      came(0, 'received'),
      came(1, 'received'),
      { what: 'refused', take: 0, seq: 1, bytes: 50, sha256: hashOf(noise(50, 9)), ...told },
      { what: 'never_came', take: 0, seq: 2, toSeq: 2 },
      came(3, 'received'),
      came(4, 'damaged'),
      { what: 'never_came', take: 0, seq: 5, toSeq: 5 },
      { what: 'never_came', take: 1, seq: 0, toSeq: 1 },
    ])
    const counts = { received: 3, bytes: 304, damaged: 1 }
    expect(statement).toMatchObject({
      recording: made.id,
      status: 'incomplete',
      version: 1,
      finishReason: 'user',
      chunks: { ...counts, neverCame: 4, refused: 1 },
      takes: [
        { take: 0, mimeType: 'video/webm', declared: 6, total: 6, ...counts, neverCame: 2 },
        { take: 1, mimeType: null, declared: 2, total: 2, received: 0, neverCame: 2 },
      ],
      media: { version: 1, status: 'incomplete', gaps: [{ fromSeq: 2 }, { fromSeq: 5 }, {}] },
    })
  })

  test('is for whoever may see the recording, until it is deleted', async () => {
    const made = await bed.http.create()
    await send(made, [0])
    const path = `/api/recordings/${made.id}/receipt`
    const { body } = await bed.http.view(made)
    const link = new URL(body.mediaUrl, bed.url).search
    const asked = async (query: string, token: string | null) =>
      (await bed.http.call('GET', path + query, null, bearer(token))).status
    expect(await asked('', made.token)).toBe(200)
    expect(await asked(link, null)).toBe(200)
    expect(await asked('?access=read.zzzzzz.00000000.x', null)).toBe(403)
    await bed.http.call('DELETE', `/api/recordings/${made.id}`)
    expect(await asked('', made.token)).toBe(410)
  })

  // The other instance begins on a ledger that has a key: a restart is no other thing.
  test('is the same from every instance, whenever it began, and another when a late chunk came', async () => {
    const made = await bed.http.create()
    await send(made, [0, 2], [3])
    await bed.http.untilStatus(made, 'incomplete')
    const first = await fetchReceipt(bed.url, made)
    const beside = await bed.startBeside(runtime)
    expect((await fetchReceipt(beside.url, made)).text).toBe(first.text)
    expect((await fetchReceipt(bed.url, made)).text).toBe(first.text)
    await beside.stop()

    await send(made, [1])
    await bed.http.untilStatus(made, 'ready', 2)
    const second = await fetchReceipt(bed.url, made)

    expect(second.statement).toMatchObject({ version: 2, chunks: { received: 3, neverCame: 0 } })
    expect(second.statement.chain.head).not.toBe(first.statement.chain.head)
    const keys = await fetchKeys(bed.url)
    for (const { text } of [first, second]) checkAsStranger(text, keys)
  })

  test('is signed with a new key after a rotation, and the old one is still checked with the old key', async () => {
    const made = await bed.http.create()
    await send(made, [0])
    const old = await fetchReceipt(bed.url, made)
    const before = await fetchKeys(bed.url)
    const strangers = await bed.http.call('POST', '/api/receipt-keys?access=x')
    expect(strangers.status).toBe(401)
    expect((await bed.http.call('POST', '/api/receipt-keys')).status).toBe(201)

    const keys = await fetchKeys(bed.url)
    expect(keys.map(({ retiredAt }) => retiredAt === null)).toEqual([
      ...before.map(() => false),
      true,
    ])
    expect(JSON.stringify(keys)).not.toContain('"d"')
    const fresh = await fetchReceipt(bed.url, made)
    for (const { text } of [old, fresh]) checkAsStranger(text, keys)
    expect(() => checkAsStranger(fresh.text, before)).toThrow('no key')
    expect(fresh.statement).toEqual(old.statement)
    const kept = await bed.sql`select 1 from receipt_keys where private_key is not null`
    expect(kept.length).toBe(1)
  })

  test('is written page by page, however long it is', async () => {
    const made = await bed.http.create()
    await send(made, [0])
    await bed.sql`
      insert into chunks (recording_id, take, seq, sha256, bytes, segment, "offset", transport, generation)
      select ${made.id}, 0, n, sha256(n::text::bytea), 7, 'a.seg', n * 7, 'http', 1
      from generate_series(2, 5000) n`
    const { text, entries, statement } = await fetchReceipt(bed.url, made)
    checkAsStranger(text, await fetchKeys(bed.url))
    expect(statement).toMatchObject({ chunks: { received: 5000, neverCame: 1 } })
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 5001 }, (_, seq) => seq))
  })
})
