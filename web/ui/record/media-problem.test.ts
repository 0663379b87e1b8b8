import { describe, expect, it } from 'vitest'
import { browserFamily, describeMediaError, missingAbility } from './media-problem.ts'

const error = (name: string, message = '') => Object.assign(new Error(message), { name })

describe('describeMediaError', () => {
  it.each([
    [error('NotAllowedError', 'Permission denied'), 'blocked'],
    [error('NotAllowedError', 'Permission denied by system'), 'blockedBySystem'],
    [error('NotAllowedError', 'Permission dismissed'), 'dismissed'],
    [error('NotFoundError', 'Requested device not found'), 'missing'],
    [error('NotReadableError', 'Could not start video source'), 'busy'],
    ['a string', 'failed'],
    [error('SomethingNew'), 'failed'],
  ] as const)('tells %s as %s', (thrown, kind) => {
    expect(describeMediaError(thrown, 'camera')).toEqual({ kind, device: 'camera' })
  })

  it('takes a closed screen picker for a change of mind, not for a block', () => {
    expect(describeMediaError(error('NotAllowedError', 'Permission denied'), 'screen').kind).toBe(
      'dismissed',
    )
  })
})

describe('missingAbility', () => {
  const devices = { getUserMedia: async () => new Proxy({} as MediaStream, {}) }

  it('names the insecure address before anything else', () => {
    const page = { isSecure: false, devices: undefined, hasRecorder: true }
    expect(missingAbility('camera', page)?.kind).toBe('insecure')
  })

  it('lets a phone without screen capture use its camera', () => {
    const page = { isSecure: true, devices, hasRecorder: true }
    expect(missingAbility('camera', page)).toBeNull()
    expect(missingAbility('screen', page)?.kind).toBe('unsupported')
  })
})

it('knows where each browser keeps the permission', () => {
  expect(browserFamily('Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36')).toBe(
    'chromium',
  )
  expect(browserFamily('Mozilla/5.0 (Macintosh) Version/18.0 Safari/605.1.15')).toBe('safari')
  expect(browserFamily('Mozilla/5.0 (X11; rv:140.0) Gecko/20100101 Firefox/140.0')).toBe('firefox')
})
