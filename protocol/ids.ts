// Recording ids (UUIDs made by the client) and recording tokens (base64url, ≥ 128 random bits).
// Paths are only ever built from ids that passed `isRecordingId`.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
/** 22 base64url characters hold 132 bits; the upper bound keeps a header line short. */
const TOKEN = /^[A-Za-z0-9_-]{22,256}$/
const TOKEN_BYTES = 24

/** A lower-case UUID, version 1 to 8, RFC 9562 variant. */
export function isRecordingId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** The id in the one spelling that is used inside: some platforms write UUIDs in capitals. null = no id. */
export function readRecordingId(value: unknown): string | null {
  const id = typeof value === 'string' ? value.toLowerCase() : value
  return isRecordingId(id) ? id : null
}

export function isToken(value: unknown): value is string {
  return typeof value === 'string' && TOKEN.test(value)
}

/** A new recording token: 192 random bits as base64url, made where it is first needed. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES))
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** The bytes of standard or URL-safe base64; null when it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(plain, (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}
