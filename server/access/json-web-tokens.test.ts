import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HoldfastError } from '@holdfast/protocol'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TokenVerifier, verifierFor } from './json-web-tokens.ts'

const ALGORITHM = 'ES256'
type Keys = Awaited<ReturnType<typeof generateKeyPair>>

let keys: Keys
let strangers: Keys
let server: Server
let verify: TokenVerifier

beforeAll(async () => {
  keys = await generateKeyPair(ALGORITHM)
  strangers = await generateKeyPair(ALGORITHM)
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: ALGORITHM, use: 'sig' }
  server = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  verify = verifierFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`)
})
afterAll(() => void server.close())

const jwt = (claims: object = {}, { privateKey }: Keys = keys, kid = 'k1') =>
  new SignJWT({ sub: 'anna', exp: Math.floor(Date.now() / 1000) + 60, ...claims })
    .setProtectedHeader({ alg: ALGORITHM, kid })
    .sign(privateKey)

async function codeOf(token: string, by = verify): Promise<string> {
  try {
    await by(token)
    return 'accepted'
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error)
  }
}

it('takes the subject of a good token for the owner', async () => {
  expect(await verify(await jwt())).toEqual({ owner: 'anna' })
})

it('refuses an expired token, a stranger’s, one without subject or expiry, and an unsigned one', async () => {
  const old = Math.floor(Date.now() / 1000) - 3600
  const unsigned = [{ alg: 'none' }, { sub: 'anna', exp: 9_999_999_999 }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.')
  for (const token of [
    await jwt({ exp: old }),
    await jwt({}, strangers),
    await jwt({}, strangers, 'k2'),
    await jwt({ sub: undefined }),
    await jwt({ exp: undefined }),
    unsigned,
    'a.b.c',
  ]) {
    expect(await codeOf(token)).toBe('unauthorized')
  }
})

it('refuses a shared secret: the public key must not sign', async () => {
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)))
  const forged = await new SignJWT({ sub: 'eve', exp: 9_999_999_999 })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .sign(secret)
  expect(await codeOf(forged)).toBe('unauthorized')
})

it('says that it is not available while the key set does not answer', async () => {
  const dead = createServer()
  await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve))
  const { port } = dead.address() as AddressInfo
  await new Promise((resolve) => dead.close(resolve))
  expect(await codeOf(await jwt(), verifierFor(`http://127.0.0.1:${port}/`))).toBe('unavailable')
})
