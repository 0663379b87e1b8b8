// Reading request bodies within a bound, whatever Content-Length claims.
import { HoldfastError } from '@holdfast/protocol'
import type { Context } from 'hono'
import * as v from 'valibot'

/** The body as it comes; empty when there is none. */
export function bodyOf(c: Context): AsyncIterable<Uint8Array> {
  return c.req.raw.body ?? EMPTY
}

const EMPTY: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({
    next: () => Promise.resolve({ done: true, value: undefined }),
  }),
}

/** @throws HoldfastError `body_too_large` */
async function readText(c: Context, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of bodyOf(c)) {
    size += part.length
    if (size > maxBytes) throw new HoldfastError('body_too_large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/**
 * The body as JSON, whatever its Content-Type says (a beacon cannot choose it); `{}` when it is empty.
 * @throws HoldfastError `bad_request`, `body_too_large`
 */
export async function readJsonBody(c: Context, maxBytes: number): Promise<unknown> {
  const text = await readText(c, maxBytes)
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new HoldfastError('bad_request', { message: 'The body is not JSON.', cause })
  }
}

const MAX_MESSAGE_CHARS = 200

/** @throws HoldfastError `bad_request` that names the field; never repeats what was sent */
export function checkInput<T extends v.GenericSchema>(schema: T, input: unknown): v.InferOutput<T> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue) ?? 'body'
  const message = issue.message.startsWith('Invalid') ? 'has a bad value' : issue.message
  throw new HoldfastError('bad_request', {
    message: `${path}: ${message}`.slice(0, MAX_MESSAGE_CHARS),
  })
}
