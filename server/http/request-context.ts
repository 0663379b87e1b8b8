// What a handler may know of its request beyond HTTP: the credentials that came with it.
import type { Context } from 'hono'
import type { Credentials } from '../access/access.ts'

/** `Authorization: Bearer …`; null when there is none. Other schemes count as none. */
export function bearerOf(c: Context): string | null {
  return /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

export function credentialsOf(c: Context): Credentials {
  return { bearer: bearerOf(c), access: c.req.query('access') ?? null }
}
