// Who may what (protocol §3): creator, token, reader, admin. Answers from the credentials of one request;
// decides nothing about where the request came from (that is http/origin-guard.ts).
import { createHash } from 'node:crypto'
import { HoldfastError } from '@holdfast/protocol'
import { type Config, isOpenToMachine } from '../config.ts'
import { type TokenVerifier, verifierFor } from './json-web-tokens.ts'
import { Permits } from './permits.ts'
import { findSecret, isSameSecret, isTokenOf } from './secret-match.ts'
import { SignedLinks } from './signed-links.ts'
import type { SigningKey } from './signing-key.ts'

/** What a request brought: the bearer of its Authorization header, and `?access=`. */
export type Credentials = { readonly bearer: string | null; readonly access: string | null }

export type Creator = {
  owner: string | null
  /** A permit creates recordings; it does not hand out permits. */
  by: 'machine' | 'admin' | 'key' | 'jwt' | 'permit'
}

export type Viewer = 'admin' | 'token' | 'link'

export class Access {
  readonly links: SignedLinks
  readonly permits: Permits
  /** Loopback and no key: everyone on the machine is creator, reader and admin. */
  readonly isOpen: boolean
  readonly #config: Config
  readonly #verifyJwt: TokenVerifier | null

  constructor(config: Config, key: SigningKey) {
    this.#config = config
    this.links = new SignedLinks(key)
    this.permits = new Permits(key)
    this.isOpen = isOpenToMachine(config)
    this.#verifyJwt = config.jwksUrl === null ? null : verifierFor(config.jwksUrl)
  }

  isAdmin({ bearer, access }: Credentials): boolean {
    // Whoever comes with a link is judged by it, here too: another site may have made them come.
    if (this.isOpen) return bearer !== null || access === null
    const { adminKey } = this.#config
    return adminKey !== null && bearer !== null && isSameSecret(bearer, adminKey)
  }

  /** @throws HoldfastError `unauthorized` without credentials, `forbidden` with others */
  requireAdmin(given: Credentials): void {
    if (this.isAdmin(given)) return
    throw new HoldfastError(given.bearer === null ? 'unauthorized' : 'forbidden')
  }

  /** @throws HoldfastError `unauthorized`, `unavailable` when the JWKS cannot be read */
  async requireCreator(given: Credentials): Promise<Creator> {
    const { bearer } = given
    if (bearer !== null) {
      const permit = this.permits.read(bearer)
      if (permit) return { owner: permit.owner, by: 'permit' }
    }
    if (this.isOpen) return { owner: null, by: 'machine' }
    if (bearer === null) throw new HoldfastError('unauthorized')
    if (this.isAdmin(given)) return { owner: null, by: 'admin' }
    const key = findSecret(bearer, this.#config.apiKeys)
    if (key !== null) return { owner: keyOwner(key), by: 'key' }
    if (this.#verifyJwt && bearer.split('.').length === 3) {
      return { ...(await this.#verifyJwt(bearer)), by: 'jwt' }
    }
    throw new HoldfastError('unauthorized')
  }

  /**
   * Who reads a recording.
   * @throws HoldfastError `link_expired`, `token_invalid`, `unauthorized`
   */
  viewer(given: Credentials, recording: { id: string; tokenHash: Uint8Array }): Viewer {
    if (given.bearer === null && given.access !== null) {
      // Also where everyone is reader: other sites' pages may only come with a link that holds.
      this.links.check(recording.id, given.access)
      return 'link'
    }
    if (this.isAdmin(given)) return 'admin'
    if (given.bearer === null) throw new HoldfastError('unauthorized')
    if (isTokenOf(given.bearer, recording.tokenHash)) return 'token'
    throw new HoldfastError('token_invalid')
  }

  /** @throws HoldfastError as `viewer`, `forbidden` when these credentials only read */
  requireDeleter(
    given: Credentials,
    recording: { id: string; tokenHash: Uint8Array; tokenMayDelete: boolean },
  ): void {
    const viewer = this.viewer(given, recording)
    if (viewer === 'admin' || (viewer === 'token' && recording.tokenMayDelete)) return
    throw new HoldfastError('forbidden')
  }
}

/** Names an API key in the audit without being of use to anyone. */
function keyOwner(key: string): string {
  return `key:${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
}
