// `holdfast verify --receipt` as a person calls it, on a receipt and a data folder of a real server, and on what somebody made
// of them.
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson } from '@holdfast/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callVerify, fetchReceipt, type Receipt } from '../support/receipts.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'
import { noise } from '../support/wire-frames.ts'

const CHUNKS = [0, 1, 2, 4].map((seq) => ({ seq, bytes: noise(500, seq) }))

let server: ServerProcess
let folder: string
let made: Made
let receipt: Receipt
let others: Receipt

beforeAll(async () => {
  // It stays as it is while its receipt is asked for, on a slow machine too.
  server = await startServer({ env: { HOLDFAST_GRACE_MS: '600000' } })
  folder = await mkdtemp(join(tmpdir(), 'holdfast-receipts-'))
  const http = new WireHttp(server.url)
  const record = async () => {
    const one = await http.create()
    for (const { seq, bytes } of CHUNKS) await http.put(one, { take: 0, seq }, bytes)
    return one
  }
  made = await record()
  receipt = await fetchReceipt(server.url, made)
  others = await fetchReceipt(server.url, await record())
  const keys = await (await fetch(`${server.url}/api/receipt-keys`)).text()
  await writeFile(at('keys.json'), keys)
  await mkdir(at('chunks'))
  for (const { seq, bytes } of CHUNKS) await writeFile(at(`chunks/${seq}.bin`), bytes)
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

/** What is said of this text as a receipt. */
async function verify(text: string, ...args: string[]): Promise<{ code: number; out: string }> {
  await writeFile(at('receipt.json'), text)
  return await callVerify(at('receipt.json'), '--key', at('keys.json'), ...args)
}

/** The receipt with its lines changed; entry n is line n. */
function withLines(change: (lines: string[]) => void, { text }: Receipt = receipt): string {
  const lines = text.split('\n')
  change(lines)
  return lines.join('\n')
}

test('holds, with the segments beside a running server and with files of single chunks', async () => {
  const data = await verify(receipt.text, made.id, '--data', server.dataDir)
  expect(data.out).toContain('4 of 4 chunks compared\nThe receipt holds.')
  expect(data.code).toBe(0)
  const files = await verify(receipt.text, '--media', at('chunks/4.bin'), at('chunks/0.bin'))
  expect(files.out).toContain('2 of 4 chunks compared\nThe receipt holds.')
  const whole = await verify(JSON.stringify(JSON.parse(receipt.text), null, 2))
  expect(whole.out).toContain('The receipt holds.')
})

test('says where a chunk was changed, removed, moved or added', async () => {
  const changed = await verify(
    withLines((lines) => {
      lines[2] = String(lines[2]).replace('"bytes":500', '"bytes":501')
    }),
  )
  expect(changed.out).toContain('wrong: entry 2 (take 0, chunk 1) does not follow')
  expect(changed.out).toContain('take 0: bytes is 2000 as it was signed, 2001 here')
  expect(changed.code).toBe(1)

  const removed = await verify(withLines((lines) => lines.splice(2, 1)))
  expect(removed.out).toContain('wrong: entry 2 (take 0, chunk 2) does not follow')
  expect(removed.out).toContain('take 0, chunk 1: neither received nor told to be missing')

  const moved = await verify(
    withLines((lines) => lines.splice(2, 2, String(lines[3]), String(lines[2]))),
  )
  expect(moved.out).toContain('wrong: entry 2 (take 0, chunk 2) does not follow')
  expect(moved.out).toContain('entry 3 (take 0, chunk 1) is out of order')

  const twice = await verify(withLines((lines) => lines.splice(2, 0, String(lines[2]))))
  expect(twice.out).toContain('wrong: entry 3 (take 0, chunk 1) does not follow')
})

test('is not taken in by links that were made again, nor by a statement or a list of another recording', async () => {
  const again = withLines((lines) => {
    let link = createHash('sha256').update(`holdfast receipt 1\n${made.id}`).digest()
    for (let n = 1; n <= 5; n++) {
      const { entry } = JSON.parse(String(lines[n]).replace(/,$/, '')) as { entry: object }
      const text = canonicalJson(n === 2 ? { ...entry, sha256: '0'.repeat(64) } : entry)
      link = createHash('sha256').update(link).update(text).digest()
      lines[n] = `{"entry":${text},"link":"${link.toString('hex')}"}${n < 5 ? ',' : ''}`
    }
  })
  expect((await verify(again)).out).toContain(
    'wrong: the last entry is not the one that was signed',
  )

  const stated = receipt.text.replace('"status":"recording"', '"status":"ready"')
  expect((await verify(stated)).out).toMatch(/wrong: the statement is not what key \S+ signed/)

  const spliced = withLines((lines) => lines.splice(1, 5, ...others.text.split('\n').slice(1, 6)))
  expect((await verify(spliced)).out).toContain('entry 1 (take 0, chunk 0) does not follow from')
  const foreign = await verify(others.text, made.id, '--data', server.dataDir)
  expect(foreign.out).toContain('wrong: the receipt is of another recording')
})

test('fails with another key, and says when nobody told which key it must be', async () => {
  const other = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
  await writeFile(at('receipt.json'), receipt.text)
  const wrong = await callVerify(at('receipt.json'), '--key', other)
  expect(wrong.out).toContain('wrong: the statement is signed with another key')
  expect(wrong.code).toBe(1)
  const untold = await callVerify(at('receipt.json'))
  expect(untold.out).toContain('which you have to know: see --key')
  expect(untold.code).toBe(0)
})

test('finds a changed byte in a segment, a segment that is gone, and a file that is no chunk', async () => {
  await cp(join(server.dataDir, 'store'), at('copy/store'), { recursive: true })
  const home = join(at('copy/store'), made.id.slice(-2), made.id)
  const [segment = ''] = (await readdir(home)).filter((name) => name.endsWith('.seg'))
  const bytes = await readFile(join(home, segment))
  const last = bytes.lastIndexOf(CHUNKS[2]?.bytes.subarray(0, 100) ?? '')
  bytes[last + 50] = (bytes[last + 50] ?? 0) ^ 1
  await writeFile(join(home, segment), bytes)
  const damaged = await verify(receipt.text, '--data', at('copy'))
  expect(damaged.out).toMatch(/wrong: take 0, chunk 2: its bytes are not in .*copy, or not whole/)
  expect(damaged.out.match(/wrong:/g)).toHaveLength(1)

  await rm(join(home, segment))
  const gone = await verify(receipt.text, '--data', home)
  expect(gone.out.match(/wrong: take 0, chunk \d: its bytes are not in/g)).toHaveLength(4)

  await writeFile(at('chunks/0.bin'), noise(500, 77))
  const foreign = await verify(receipt.text, '--media', at('chunks'))
  expect(foreign.out).toMatch(/wrong: .*chunks\/0\.bin: no chunk of the receipt/)
})
