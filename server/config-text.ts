// How the text of an environment variable becomes a value. Says what is wrong in a few words; the
// variable's name is added by config.ts.
import * as v from 'valibot'

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
}

function readSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? []
  return Math.floor(
    Number(digits ?? Number.NaN) * (UNITS[(unit ?? '').toLowerCase()] ?? Number.NaN),
  )
}

/** A whole number between the bounds. */
export const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, 'must be a whole number'),
    v.transform(Number),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  )

/** Bytes: a plain number, or one with a unit (4MiB, 20 GiB, 500MB). */
export const size = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.transform(readSize),
    v.safeInteger('must be a size such as 4194304, 4MiB or 20GiB'),
    v.minValue(min, `must be at least ${min} bytes`),
    v.maxValue(max, `must be at most ${max} bytes`),
  )

/** Comma-separated, blanks around the parts dropped. */
export const list = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  ),
)

/** `https://app.example.com`: scheme, host, port if any, and nothing after it. */
export const origins = v.pipe(
  list,
  v.check(
    (parts) => parts.every((part) => originOf(part) !== null),
    'must be origins such as https://app.example.com, separated by commas',
  ),
  v.transform((parts) => parts.map((part) => originOf(part) ?? part)),
)

/** The origin as a browser sends it, or null when the text is not one. */
function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isBare && ['http:', 'https:'].includes(url.protocol) ? url.origin : null
}

/** Also libpq's form for a unix socket, which is no URL to a browser: postgresql:///name?host=/folder */
export const databaseUrl = v.pipe(
  v.string(),
  v.regex(/^postgres(ql)?:\/\/\S+$/, 'must be a URL that begins with postgres:// or postgresql://'),
)

/** A URL with one of the schemes; a path, password and query may follow. */
export const urlOf = (...schemes: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    ),
  )
