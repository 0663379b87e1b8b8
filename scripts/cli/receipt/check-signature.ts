// Who signed a statement: with a key that the caller trusts, or, where none was given, with the one that the receipt itself
// carries, which proves only that nobody without that key has changed it.
import { base64url, calculateJwkThumbprint, decodeProtectedHeader, flattenedVerify } from 'jose'
import { readJwk, type TrustedKeys } from './public-keys.ts'
import type { Signed } from './read-receipt.ts'

export type SignatureResult =
  | { kind: 'good'; keyId: string; isTrusted: boolean }
  | { kind: 'bad'; why: string }

const bad = (why: string): SignatureResult => ({ kind: 'bad', why })

export async function checkSignature(
  { text, signature }: Signed,
  trusted: TrustedKeys | null,
): Promise<SignatureResult> {
  const [, header, value] = /^([\w-]+)\.\.([\w-]+)$/.exec(signature) ?? []
  const carried = carriedKey(signature)
  if (!header || !value || !isExact(value) || !carried)
    return bad('the signature is not one of a receipt')
  const keyId = await calculateJwkThumbprint(carried)
  const key = trusted ? trusted.get(keyId) : carried
  if (!key) return bad(`the statement is signed with another key, ${keyId}`)
  const jws = { protected: header, signature: value, payload: Buffer.from(text) }
  try {
    await flattenedVerify(jws, key, { algorithms: ['EdDSA'] })
    return { kind: 'good', keyId, isTrusted: trusted !== null }
  } catch {
    return bad(`the statement is not what key ${keyId} signed: it was changed`)
  }
}

/** The last character has bits that no decoder looks at: of all ways to write the bytes only one is a signature. */
const isExact = (text: string): boolean => base64url.encode(base64url.decode(text)) === text

function carriedKey(signature: string) {
  try {
    return readJwk(decodeProtectedHeader(signature).jwk)
  } catch {
    return null
  }
}
