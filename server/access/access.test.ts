import { createHash } from 'node:crypto'
import { HoldfastError, newToken } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import { type Environment, readConfig } from '../config.ts'
import { Access, type Credentials } from './access.ts'
import { Permits } from './permits.ts'
import { SignedLinks } from './signed-links.ts'
import { SigningKey } from './signing-key.ts'

const key = SigningKey.fromText('a secret of the tests')
const id = '019aa000-0000-7000-8000-000000000001'
const other = '019aa000-0000-7000-8000-000000000002'
const token = newToken()
const recording = {
  id,
  tokenHash: createHash('sha256').update(token).digest(),
  tokenMayDelete: false,
}
const keyed = { HOLDFAST_ADMIN_KEY: 'the admin', HOLDFAST_API_KEYS: 'first,second' }

const accessOf = (env: Environment = {}) => new Access(readConfig(env), key)
const bearer = (text: string | null): Credentials => ({ bearer: text, access: null })
const link = (access: string): Credentials => ({ bearer: null, access })

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'none'
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error)
  }
}

describe('a server on loopback without keys', () => {
  const access = accessOf()
  it('takes everyone on the machine for creator, reader and admin', async () => {
    expect(await access.requireCreator(bearer(null))).toEqual({ owner: null, by: 'machine' })
    expect(access.viewer(bearer(null), recording)).toBe('admin')
    expect(await codeOf(() => access.requireAdmin(bearer(null)))).toBe('none')
  })

  it('still refuses a link that does not hold, as other sites may come with one', async () => {
    expect(await codeOf(() => access.viewer(link('read.x.y.z'), recording))).toBe('link_expired')
    expect(await codeOf(() => access.requireAdmin(link('x')))).toBe('unauthorized')
    const good = link(access.links.grant(id))
    expect(await codeOf(() => access.requireAdmin(good))).toBe('unauthorized')
  })
})

describe('a server with keys', () => {
  const access = accessOf(keyed)

  it('lets the admin key do what is the admin’s, and no other', async () => {
    expect(await codeOf(() => access.requireAdmin(bearer('the admin')))).toBe('none')
    expect(await codeOf(() => access.requireAdmin(bearer('first')))).toBe('forbidden')
    expect(await codeOf(() => access.requireAdmin(bearer(token)))).toBe('forbidden')
    expect(await codeOf(() => access.requireAdmin(bearer(null)))).toBe('unauthorized')
  })

  it.each(['first', 'second', 'the admin'])('lets %s create', async (text) => {
    expect((await access.requireCreator(bearer(text))).by).toMatch(/key|admin/)
  })

  it.each([null, 'third', 'first,second', '', token, 'a.b.c'])(
    'lets %s not create',
    async (text) => {
      expect(await codeOf(() => access.requireCreator(bearer(text)))).toBe('unauthorized')
    },
  )

  it('never names an API key in the owner', async () => {
    expect((await access.requireCreator(bearer('first'))).owner).not.toContain('first')
  })

  it('shows a recording to its token, the admin and its link, and to nobody else', async () => {
    expect(access.viewer(bearer(token), recording)).toBe('token')
    expect(access.viewer(bearer('the admin'), recording)).toBe('admin')
    expect(access.viewer(link(access.links.grant(id)), recording)).toBe('link')
    expect(await codeOf(() => access.viewer(bearer(newToken()), recording))).toBe('token_invalid')
    expect(await codeOf(() => access.viewer(bearer('first'), recording))).toBe('token_invalid')
    expect(await codeOf(() => access.viewer(bearer(null), recording))).toBe('unauthorized')
    const foreign = access.links.grant(other)
    expect(await codeOf(() => access.viewer(link(foreign), recording))).toBe('link_expired')
  })

  it('lets the token delete only where that was agreed at creation, a link never', async () => {
    const mayDelete = { ...recording, tokenMayDelete: true }
    expect(await codeOf(() => access.requireDeleter(bearer(token), recording))).toBe('forbidden')
    expect(await codeOf(() => access.requireDeleter(bearer(token), mayDelete))).toBe('none')
    const granted = link(access.links.grant(id))
    expect(await codeOf(() => access.requireDeleter(granted, mayDelete))).toBe('forbidden')
  })
})

describe('a signed link', () => {
  const at = Date.parse('2026-01-01T00:00:30Z')
  const links = new SignedLinks(key, () => at)
  const access = links.grant(id)

  it('ends with its time', async () => {
    const later = (hours: number) => new SignedLinks(key, () => at + hours * 3_600_000)
    expect(await codeOf(() => later(23).check(id, access))).toBe('none')
    expect(await codeOf(() => later(26).check(id, access))).toBe('link_expired')
  })

  it('holds for nothing but what was signed', async () => {
    const [scope, expiry = '', keyId, signature] = access.split('.')
    const longer = (Number.parseInt(expiry, 36) + 86_400).toString(36)
    for (const changed of [
      [scope, longer, keyId, signature].join('.'),
      ['write', expiry, keyId, signature].join('.'),
      [scope, expiry, 'ffffffff', signature].join('.'),
      `${access}x`,
      access.slice(0, -1),
      'read',
      '',
    ]) {
      expect(await codeOf(() => links.check(id, changed))).toBe('link_expired')
    }
    const otherKey = new SignedLinks(SigningKey.fromText('another secret of tests'), () => at)
    expect(await codeOf(() => otherKey.check(id, access))).toBe('link_expired')
  })

  it('stays the same within the hour', () => {
    expect(new SignedLinks(key, () => at + 60_000).grant(id)).toBe(access)
  })

  it('hands on its own access and never a longer one', () => {
    const url = links.mediaUrl(id, { access, generation: 7, take: 1 })
    expect(url).toBe(`/api/recordings/${id}/media?access=${access}&take=1&generation=7`)
  })
})

describe('a permit', () => {
  const permits = new Permits(key, () => 1_000_000_000_000)

  it('creates recordings for its owner, until it ends', async () => {
    const { permit, expiresAt } = permits.issue('anna', 60_000)
    expect(expiresAt).toBe('2001-09-09T01:47:40.000Z')
    expect(permits.read(permit)).toEqual({ owner: 'anna' })
    const later = new Permits(key, () => 1_000_000_061_000)
    expect(await codeOf(() => later.read(permit))).toBe('unauthorized')
  })

  it('cannot be changed, nor made from a link', async () => {
    const { permit } = permits.issue('anna')
    const [prefix, , signature] = permit.split('.')
    const forged = Buffer.from('{"owner":"eve","exp":9999999999,"kid":""}').toString('base64url')
    expect(await codeOf(() => permits.read(`${prefix}.${forged}.${signature}`))).toBe(
      'unauthorized',
    )
    expect(await codeOf(() => permits.read(`${permit}.x`))).toBe('unauthorized')
    expect(permits.read('something else')).toBeNull()
  })
})
