// The public keys that a receipt is checked with, in whatever form somebody kept them: the answer of /api/receipt-keys, one
// JWK of it, a PEM, or the bare 32 bytes in base64url or hex.
import { createPublicKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { calculateJwkThumbprint } from 'jose'
import * as v from 'valibot'

/** An Ed25519 public key as a JWK has it. */
export type PublicKey = { kty: 'OKP'; crv: 'Ed25519'; x: string }
/** By their thumbprints (RFC 7638): a `kid` that somebody wrote beside a key is not believed. */
export type TrustedKeys = ReadonlyMap<string, PublicKey>

const Jwk = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
})
const JwkSet = v.union([v.object({ keys: v.array(Jwk) }), v.pipe(Jwk, v.transform(toSet))])

function toSet(key: PublicKey): { keys: PublicKey[] } {
  return { keys: [key] }
}

export const readJwk = (value: unknown): PublicKey | null => {
  const read = v.safeParse(Jwk, value)
  return read.success ? read.output : null
}

/** @param given a file, or the key itself. @throws Error that says what is wrong with it */
export async function readTrustedKeys(given: string): Promise<TrustedKeys> {
  const text = isBare(given) ? given : (await readFile(given, 'utf8')).trim()
  const keys = keysOf(text)
  if (keys.length === 0) throw new Error(`${given} holds no Ed25519 public key.`)
  return new Map(
    await Promise.all(keys.map(async (key) => [await calculateJwkThumbprint(key), key] as const)),
  )
}

const isBare = (text: string): boolean => /^([\w-]{43}|[0-9a-f]{64})$/i.test(text)

function keysOf(text: string): PublicKey[] {
  try {
    if (text.startsWith('-----BEGIN')) {
      return [v.parse(Jwk, createPublicKey(text).export({ format: 'jwk' }))]
    }
    if (!isBare(text)) return v.parse(JwkSet, JSON.parse(text)).keys
    const x = text.length === 43 ? text : Buffer.from(text, 'hex').toString('base64url')
    return [{ kty: 'OKP', crv: 'Ed25519', x }]
  } catch {
    return []
  }
}
