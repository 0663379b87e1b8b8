// Permits: a signed, expiring right to create recordings for one owner, which a browser may hold where an
// API key must never be. Nothing is stored; the signature is the right.
import { HoldfastError } from '@holdfast/protocol'
import * as v from 'valibot'
import type { SigningKey } from './signing-key.ts'

const PURPOSE = 'permit'
const PREFIX = 'hfp1'
/** A working day and the night after it: a recording begun offline may be created late. */
export const PERMIT_MS = 24 * 3_600_000
export const MAX_PERMIT_MS = 7 * 24 * 3_600_000

const Claims = v.object({ owner: v.nullable(v.string()), exp: v.number(), kid: v.string() })

export type Permit = { permit: string; expiresAt: string }

export class Permits {
  readonly #key: SigningKey
  readonly #now: () => number

  constructor(key: SigningKey, now: () => number = Date.now) {
    this.#key = key
    this.#now = now
  }

  issue(owner: string | null, lifetimeMs: number = PERMIT_MS): Permit {
    const exp = Math.floor((this.#now() + lifetimeMs) / 1000)
    const claims = JSON.stringify({ owner, exp, kid: this.#key.keyId })
    const body = Buffer.from(claims).toString('base64url')
    const permit = `${PREFIX}.${body}.${this.#key.sign(PURPOSE, body)}`
    return { permit, expiresAt: new Date(exp * 1000).toISOString() }
  }

  /** null when it is no permit at all. @throws HoldfastError `unauthorized` when it is a bad or old one */
  read(text: string): { owner: string | null } | null {
    const [prefix, body = '', signature = '', ...rest] = text.split('.')
    if (prefix !== PREFIX) return null
    const isOurs = rest.length === 0 && this.#key.isSigned(PURPOSE, body, signature)
    if (!isOurs) throw refused('The permit was not issued here, or was changed.')
    const claims = v.parse(Claims, JSON.parse(Buffer.from(body, 'base64url').toString()))
    if (claims.exp * 1000 <= this.#now()) throw refused('The permit has expired. Get a new one.')
    return { owner: claims.owner }
  }
}

const refused = (message: string): HoldfastError => new HoldfastError('unauthorized', { message })
