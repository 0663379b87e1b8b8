// The receipt of docs/api.md: what a stranger builds after it must hold here, and nothing that differs from it in one byte.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkReceipt } from '../../scripts/cli/receipt/check-receipt.ts'
import { readTrustedKeys } from '../../scripts/cli/receipt/public-keys.ts'
import { checkAsStranger } from '../support/receipts.ts'

const PAGE = new URL('../../docs/api.md', import.meta.url)
/** RFC 8032, 7.1, TEST 1. */
const PUBLIC_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'

let folder: string
let vector: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-vector-'))
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split('### Receipts\n')
  vector = /^```json\n([\s\S]*?)^```/m.exec(section)?.[1] ?? ''
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function check(text: string | Uint8Array) {
  const path = join(folder, 'receipt.json')
  await writeFile(path, text)
  const keys = await readTrustedKeys(PUBLIC_KEY)
  return await checkReceipt({ path, keys, recordingId: null, bytesOf: null })
}

test('the vector holds, here and for who has only read the page', async () => {
  expect(await check(vector)).toMatchObject({ isGood: true, faults: [] })
  const [[keyId = '', { x = '' } = {}] = []] = await readTrustedKeys(PUBLIC_KEY)
  const jwk = { kid: keyId, kty: 'OKP', crv: 'Ed25519', x, retiredAt: null }
  checkAsStranger(vector, [jwk])
})

test('a byte of it that is changed, whichever, is found', async () => {
  const bytes = new TextEncoder().encode(vector)
  const passed: number[] = []
  for (const [at, byte] of bytes.entries()) {
    const changed = bytes.slice()
    changed[at] = byte ^ 1
    if ((await check(changed)).isGood) passed.push(at)
  }
  expect(bytes.length).toBeGreaterThan(1000)
  expect(passed).toEqual([])
})

test('one signature is written in one way only', async () => {
  // Its last character has four bits that say nothing.
  const other = vector.replace(/w"\}\n$/, 'x"}\n')
  expect(other).not.toBe(vector)
  expect((await check(other)).isGood).toBe(false)
})

test('what ends early, or goes on behind its end, is no receipt', async () => {
  for (const text of ['', '{}', vector.slice(0, 600), `${vector}more`, `${vector}${vector}`]) {
    expect((await check(text)).isGood).toBe(false)
  }
})
