// What went wrong between us and an S3 store, and the little XML that says so.

type Facts = {
  /** Of HTTP; 0 = there was no answer. */
  readonly status: number
  /** S3's own, or `Network`, `TimedOut`, `CutOff`. */
  readonly code: string
  readonly message?: string | null
  /** Where the bucket lies, when the store says so. */
  readonly region?: string | null
}

/** Refused, and worth another try: bytes that changed on the way, and what happens at the same moment. */
const PASSING: ReadonlySet<string> = new Set([
  'BadDigest',
  'ConditionalRequestConflict',
  'IncompleteBody',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
  'TooManyRequests',
  'XAmzContentSHA256Mismatch',
])

export class S3Error extends Error {
  readonly status: number
  readonly code: string
  readonly region: string | null

  constructor({ status, code, message, region = null }: Facts, cause?: unknown) {
    const said = message ?? (cause instanceof Error ? cause.message : null)
    super(`S3: ${status === 0 ? '' : `${status} `}${code}${said ? `: ${said}` : ''}`, { cause })
    this.name = 'S3Error'
    this.status = status
    this.code = code
    this.region = region
  }

  /** Whether the same request may succeed: nobody knows what became of it, or it came at a bad moment. */
  get mayPass(): boolean {
    const { status, code } = this
    // 501 is for what this store will never do.
    return status === 0 || (status >= 500 && status !== 501) || status === 429 || PASSING.has(code)
  }
}

/** Whether a request was refused with this status. */
export const isStatus = (error: unknown, status: number): error is S3Error =>
  error instanceof S3Error && error.status === status

const ENTITIES: Record<string, string> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' }

/** The text of the first element of that name. The documents of S3 are flat enough for that. */
export function textOf(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1]
  return text?.replace(/&(quot|apos|lt|gt|amp);/g, (_, entity) => ENTITIES[entity] ?? '') ?? null
}

/** What lies in each element of that name. */
export function elementsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(
    ([, inner = '']) => inner,
  )
}
