// Receipts as a stranger checks them who has read docs/api.md: by lines, sha256 and Ed25519, with no line of the project's.

import { execFile } from 'node:child_process'
import { createHash, createPublicKey, verify } from 'node:crypto'
import { join } from 'node:path'
import { bearer, type Made } from './wire-client.ts'

export type Jwk = { kid: string; kty: string; crv: string; x: string; retiredAt: string | null }

export type Receipt = {
  text: string
  entries: Record<string, unknown>[]
  statement: Record<string, unknown> & { chain: { entries: number; head: string } }
}

const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export async function fetchReceipt(url: string, { id, token }: Made): Promise<Receipt> {
  const response = await fetch(`${url}/api/recordings/${id}/receipt`, { headers: bearer(token) })
  if (!response.ok) throw new Error(`receipt: ${response.status} ${await response.text()}`)
  return openReceipt(await response.text())
}

export async function fetchKeys(url: string): Promise<Jwk[]> {
  const { keys } = (await (await fetch(`${url}/api/receipt-keys`)).json()) as { keys: Jwk[] }
  return keys
}

export function openReceipt(text: string): Receipt {
  const all = JSON.parse(text) as {
    entries: { entry: Record<string, unknown> }[]
    statement: Receipt['statement']
  }
  return { text, statement: all.statement, entries: all.entries.map(({ entry }) => entry) }
}

/** Throws at the first thing that is not as the page says. */
export function checkAsStranger(text: string, keys: readonly Jwk[]): void {
  const lines = text.split('\n')
  const statement = /^"statement":(.*),$/.exec(lines.at(-3) ?? '')?.[1] ?? ''
  const signature = /^"signature":"(.*)"\}$/.exec(lines.at(-2) ?? '')?.[1] ?? ''
  const { recording, chain } = JSON.parse(statement) as {
    recording: string
    chain: { entries: number; head: string }
  }
  let link = sha256('holdfast receipt 1\n', recording)
  const entries = lines.slice(1, -4)
  for (const [n, line] of entries.entries()) {
    const [, entry = '', told] = /^\{"entry":(\{.*\}),"link":"(.*)"\},?$/.exec(line) ?? []
    link = sha256(link, entry)
    if (link.toString('hex') !== told) throw new Error(`entry ${n + 1}`)
  }
  if (chain.head !== link.toString('hex')) throw new Error('head')
  if (chain.entries !== entries.length) throw new Error('count')
  const [header = '', , value = ''] = signature.split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
  const jwk = keys.find((one) => one.kid === kid)
  if (!jwk) throw new Error(`no key ${kid}`)
  const key = createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x }, format: 'jwk' })
  const isSigned = verify(
    null,
    Buffer.from(`${header}.${statement}`),
    key,
    Buffer.from(value, 'base64url'),
  )
  if (!isSigned) throw new Error('signature')
}

const PROGRAM = join(import.meta.dirname, '../../scripts/cli/holdfast.ts')

/** `holdfast verify --receipt …` as a person calls it. */
export function callVerify(...args: string[]): Promise<{ code: number; out: string }> {
  const call = ['verify', '--receipt', ...args]
  return new Promise((resolve) => {
    execFile('bun', [PROGRAM, ...call], (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out: out + err }),
    )
  })
}
