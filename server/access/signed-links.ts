// Signed, expiring links: who has one may read one recording (its media, status, story, receipt and events), and
// write nothing.
//
//   access = scope . expiry (seconds, base 36) . key id . signature over recording, scope, expiry and key id
import { HoldfastError } from '@holdfast/protocol'
import type { SigningKey } from './signing-key.ts'

const PURPOSE = 'link'
const SCOPE = 'read'
const HOUR_MS = 3_600_000
/** Long enough to watch a recording the next day; the page asks for a new one whenever it is open. */
const LIFETIME_MS = 24 * HOUR_MS
/** A link cannot be withdrawn: it must not outlive the reason for which it was given. */
export const MAX_LINK_HOURS = 7 * 24

type MediaOptions = {
  /** An access to use again instead of a new one: a link must not prolong itself. */
  access?: string
  take?: number
  /** Pins the file to what was stored then, so that a player's ranges fit together whatever comes. */
  generation?: number
  /** Pins the file to this version, for the same reason. */
  version?: number
}

/** What is made from a recording and has an address of its own. */
export type MadeName = 'media.mp4' | 'thumbnail.jpg'
type MadeOptions = { name: MadeName; access: string | null; version: number }

/** For people: the page that plays the recording. */
export type PageLink = { url: string; expiresAt: string }

export class SignedLinks {
  readonly #key: SigningKey
  readonly #now: () => number

  constructor(key: SigningKey, now: () => number = Date.now) {
    this.#key = key
    this.#now = now
  }

  /** The value of `?access=` for a recording. The same within an hour, so that caches can help. */
  grant(recordingId: string): string {
    return this.#sign(recordingId, Math.ceil((this.#now() + LIFETIME_MS) / HOUR_MS) * 3600)
  }

  /** Ends when it says, to the second. */
  pageLink(recordingId: string, hours: number): PageLink {
    const expiresAtS = Math.floor((this.#now() + hours * HOUR_MS) / 1000)
    const query = new URLSearchParams({ access: this.#sign(recordingId, expiresAtS) })
    const expiresAt = new Date(expiresAtS * 1000).toISOString()
    return { url: `/recordings/${recordingId}?${query}`, expiresAt }
  }

  /** When a link ends that `check` let pass. */
  expiryOf(access: string): Date {
    return new Date(Number.parseInt(access.split('.')[1] ?? '0', 36) * 1000)
  }

  #sign(recordingId: string, expiresAtS: number): string {
    const head = `${SCOPE}.${expiresAtS.toString(36)}.${this.#key.keyId}`
    return `${head}.${this.#key.sign(PURPOSE, `${recordingId}\n${head}`)}`
  }

  /** @throws HoldfastError `link_expired` when it is too old, not for this recording, or was changed */
  check(recordingId: string, access: string): void {
    const [, head, expiry, keyId, signature] =
      /^([a-z]+\.([0-9a-z]{1,12})\.([0-9a-f]{1,32}))\.([\w-]{43})$/.exec(access) ?? []
    const isOurs =
      keyId === this.#key.keyId &&
      this.#key.isSigned(PURPOSE, `${recordingId}\n${head}`, signature ?? '')
    const isFresh = Number.parseInt(expiry ?? '0', 36) * 1000 > this.#now()
    if (!isOurs || !isFresh || !head?.startsWith(`${SCOPE}.`))
      throw new HoldfastError('link_expired')
  }

  /** A path on this server: it holds behind any proxy, under whatever name. */
  mediaUrl(recordingId: string, options: MediaOptions = {}): string {
    const query = new URLSearchParams({ access: options.access ?? this.grant(recordingId) })
    if (options.take !== undefined) query.set('take', String(options.take))
    if (options.version !== undefined) query.set('version', String(options.version))
    if (options.generation !== undefined) query.set('generation', String(options.generation))
    return `/api/recordings/${recordingId}/media?${query}`
  }

  /** The same for what is made from a version. */
  madeUrl(recordingId: string, { name, access, version }: MadeOptions): string {
    const query = new URLSearchParams({
      access: access ?? this.grant(recordingId),
      version: String(version),
    })
    return `/api/recordings/${recordingId}/${name}?${query}`
  }
}
