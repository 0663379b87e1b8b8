import { HoldfastError } from '@holdfast/protocol'
import { expect, it } from 'vitest'
import { createLog, type LogOptions, withoutSecrets } from './log.ts'

function collect(options: Partial<LogOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { lines, log: createLog({ level: 'info', destination, ...options }) }
}

it('writes one JSON line with its facts', () => {
  const { lines, log } = collect()
  log.info({ recordingId: 'r1' }, 'recording created')
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    recordingId: 'r1',
    msg: 'recording created',
  })
})

it('never writes a token, a key or a signed link', () => {
  const { lines, log } = collect({ level: 'debug' })
  log.info({ token: 's3cret', headers: { authorization: 'Bearer s3cret' } }, 'hello')
  log.warn({ url: '/api/recordings/x/media?access=s3cret&download=1' }, 'refused')
  log.error({ err: new Error('GET /media?access=s3cret failed') }, 'failed')
  expect(lines.join('')).not.toContain('s3cret')
  expect(lines[1]).toContain('download=1')
})

it('tells the code and the causes of an error', () => {
  const { lines, log } = collect()
  const cause = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  log.error({ err: new HoldfastError('store_failed', { details: { path: 'p' }, cause }) }, 'store')
  expect(JSON.parse(lines[0] ?? '').err).toMatchObject({
    code: 'store_failed',
    details: { path: 'p' },
    cause: { code: 'ENOSPC' },
  })
})

it('writes one readable line for a person', () => {
  const { lines, log } = collect({ isPlain: true })
  log.warn({ recordingId: 'r1' }, 'came back')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}warning: came back {2}recordingId=r1\n$/)
})

it('leaves what is no URL alone', () => {
  expect(withoutSecrets(undefined)).toBeUndefined()
  expect(withoutSecrets('/x?a=1')).toBe('/x?a=1')
})
