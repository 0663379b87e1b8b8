// Comparing secrets: always as hashes of equal length and in constant time, so that neither the length nor
// the first wrong character of a guess can be measured.
import { createHash, timingSafeEqual } from 'node:crypto'

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export function isSameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** Which of the secrets it is; every one is compared, whether or not one matched before. */
export function findSecret(given: string, expected: readonly string[]): string | null {
  return expected.reduce<string | null>(
    (found, secret) => (isSameSecret(given, secret) ? secret : found),
    null,
  )
}

/** Whether the token's sha256 is this one. */
export function isTokenOf(token: string, tokenHash: Uint8Array): boolean {
  const given = digest(token)
  return given.length === tokenHash.length && timingSafeEqual(given, tokenHash)
}
