import { HoldfastError } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import { type GuardedRequest, OriginGuard } from './origin-guard.ts'

const guard = new OriginGuard({ host: '127.0.0.1', origins: ['https://app.example.com'] })
const plain: GuardedRequest = {
  method: 'GET',
  path: '/api/recordings',
  host: '127.0.0.1:3000',
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
  hasAccess: false,
}

function refusal(request: Partial<GuardedRequest>, by = guard): string {
  try {
    by.check({ ...plain, ...request })
    return 'passes'
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error)
  }
}

describe('the Host header', () => {
  it.each(['127.0.0.1:3000', 'localhost', 'LOCALHOST:8080', '[::1]:3000', 'app.example.com'])(
    'may be %s',
    (host) => expect(refusal({ host })).toBe('passes'),
  )

  it.each([undefined, '', 'evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:3000'])(
    'may not be %s',
    (host) => expect(refusal({ host })).toBe('host_refused'),
  )

  it('may be an address of this machine where the server listens on all of them', () => {
    const open = new OriginGuard({ host: '0.0.0.0', origins: [] })
    expect(refusal({ host: '127.0.0.1' }, open)).toBe('passes')
    expect(refusal({ host: 'evil.example' }, open)).toBe('host_refused')
  })
})

describe('the Origin header', () => {
  it.each(['http://127.0.0.1:3000', 'https://127.0.0.1:3000', 'https://app.example.com'])(
    'may be %s',
    (origin) => expect(refusal({ origin, method: 'POST' })).toBe('passes'),
  )

  it.each([
    'http://127.0.0.1:5173',
    'http://localhost:3000',
    'https://evil.example',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'null',
    '',
  ])('may not be "%s"', (origin) => {
    expect(refusal({ origin, method: 'POST' })).toBe('origin_refused')
    expect(refusal({ origin, path: '/api/recordings/x/socket' })).toBe('origin_refused')
  })
})

describe('a request from another website', () => {
  const crossSite = { fetchSite: 'cross-site', fetchMode: 'no-cors' }

  it('is refused when it names no origin and has no link', () => {
    expect(refusal(crossSite)).toBe('origin_refused')
    expect(refusal({ ...crossSite, path: '/metrics' })).toBe('origin_refused')
    expect(refusal({ ...crossSite, path: '/' })).toBe('origin_refused')
    expect(refusal({ ...crossSite, method: 'POST', hasAccess: true })).toBe('origin_refused')
  })

  it('passes with an allowed origin', () => {
    expect(refusal({ ...crossSite, origin: 'https://app.example.com' })).toBe('passes')
  })

  it('may embed media by a signed link', () => {
    const id = '/api/recordings/0190a000-0000-7000-8000-000000000000'
    for (const path of [
      id,
      `${id}/media`,
      `${id}/media.mp4`,
      `${id}/thumbnail.jpg`,
      '/api/events',
    ]) {
      expect(refusal({ ...crossSite, path, hasAccess: true })).toBe('passes')
    }
  })

  it.each(['/api/recordings', '/api/recordings/', '/api/capabilities'])(
    'may not reach %s by anything that looks like a link',
    (path) => {
      for (const fetchMode of ['no-cors', 'navigate']) {
        expect(refusal({ ...crossSite, fetchMode, path, hasAccess: true })).toBe('origin_refused')
      }
    },
  )

  it('may lead a person to the page, not to the API or the metrics', () => {
    const navigate = { fetchSite: 'cross-site', fetchMode: 'navigate' }
    expect(refusal({ ...navigate, path: '/' })).toBe('passes')
    expect(refusal({ ...navigate, path: '/docs' })).toBe('passes')
    expect(refusal({ ...navigate, path: '/api/recordings' })).toBe('origin_refused')
    expect(refusal({ ...navigate, path: '/metrics' })).toBe('origin_refused')
  })
})
