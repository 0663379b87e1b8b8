import { HoldfastError } from '@holdfast/protocol'
import { describe, expect, it } from 'vitest'
import { type Environment, isLoopback, isOpenToMachine, readConfig } from './config.ts'
import { helpText, settingsTable } from './config-help.ts'
import { SETTINGS } from './settings.ts'

function refusal(env: Environment): HoldfastError {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

describe('readConfig', () => {
  it('gives the defaults of the contract when nothing is set', () => {
    const config = readConfig({ PATH: '/bin', HOME: '/root' })
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      graceMs: 10_000,
      sweepMs: 1000,
      leaseMs: 30_000,
      maxChunkBytes: 4 * 2 ** 20,
      maxRecordingBytes: 20 * 2 ** 30,
      retentionDays: 0,
      webTransport: null,
      logLevel: 'info',
    })
    expect(config.store).toEqual({ kind: 'file', dir: `${config.dataDir}/store` })
  })

  it('takes an empty variable as absent', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', HOLDFAST_API_KEYS: '' }).port).toBe(3000)
  })

  it.each([
    ['4194304', 4_194_304],
    ['4MiB', 4_194_304],
    ['4 mib', 4_194_304],
    ['5MB', 5_000_000],
    ['1.5KiB', 1536],
  ])('reads %s as a size', (text, bytes) => {
    expect(readConfig({ HOLDFAST_MAX_CHUNK_BYTES: text }).maxChunkBytes).toBe(bytes)
  })

  it('reads lists, and origins as a browser sends them', () => {
    const config = readConfig({
      HOLDFAST_API_KEYS: 'first, second',
      HOLDFAST_ORIGINS: 'https://App.example.com/, http://localhost:5173',
    })
    expect(config.apiKeys).toEqual(['first', 'second'])
    expect(config.origins).toEqual(['https://app.example.com', 'http://localhost:5173'])
  })

  it.each([
    ['PORT', '80a'],
    ['PORT', '70000'],
    ['PORT', '-1'],
    ['HOST', 'a b'],
    ['DATABASE_URL', 'mysql://x'],
    ['HOLDFAST_STORE', 'ftp://x'],
    ['HOLDFAST_GRACE_MS', '0'],
    ['HOLDFAST_GRACE_MS', '10s'],
    ['HOLDFAST_MAX_CHUNK_BYTES', 'many'],
    ['HOLDFAST_MAX_CHUNK_BYTES', '4PiB'],
    ['HOLDFAST_ORIGINS', 'app.example.com'],
    ['HOLDFAST_ORIGINS', 'https://a.example/path'],
    ['HOLDFAST_URL_SECRET', 'short'],
    ['HOLDFAST_WEBTRANSPORT', 'maybe'],
    ['HOLDFAST_WEBTRANSPORT', '0'],
    ['HOLDFAST_WEBTRANSPORT', '65535'],
    ['LOG_LEVEL', 'loud'],
    ['HOLDFAST_GRACE', '10000'],
  ])('refuses %s=%s with one line that names it', (name, value) => {
    const { code, message } = refusal({ [name]: value })
    expect(code).toBe('config_invalid')
    expect(message).toContain(name)
    expect(message.split('\n')).toHaveLength(1)
  })

  it('never repeats the value, which may be a secret', () => {
    expect(refusal({ DATABASE_URL: 'mysql://user:hunter2@host/db' }).message).not.toContain(
      'hunter2',
    )
  })

  it.each([
    ['on', { port: null, files: null }],
    ['4433', { port: 4433, files: null }],
  ])('reads HOLDFAST_WEBTRANSPORT=%s', (value, read) => {
    expect(readConfig({ HOLDFAST_WEBTRANSPORT: value }).webTransport).toEqual(read)
    expect(readConfig({}).webTransport).toBeNull()
  })

  it('takes a certificate with its key only', () => {
    const cert = { HOLDFAST_WEBTRANSPORT: 'on', HOLDFAST_WEBTRANSPORT_CERT: '/c.pem' }
    expect(refusal(cert).code).toBe('config_invalid')
    const { webTransport } = readConfig({ ...cert, HOLDFAST_WEBTRANSPORT_KEY: '/k.pem' })
    expect(webTransport?.files).toEqual({ cert: '/c.pem', key: '/k.pem' })
  })

  it.each<[string, string, string]>([
    ['s3://bucket', 'https://s3.us-east-1.amazonaws.com', ''],
    ['s3://bucket?region=eu-west-3', 'https://s3.eu-west-3.amazonaws.com', ''],
    ['s3://bucket/a/b/?endpoint=http://[::1]:9000', 'http://[::1]:9000', 'a/b/'],
    ['s3://my.bucket/a?endpoint=https%3A%2F%2Fs3.example%2F', 'https://s3.example', 'a/'],
  ])('reads %s as a bucket', (store, endpoint, prefix) => {
    const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'hunter2' }
    const read = readConfig({ HOLDFAST_STORE: store, ...keys }).store
    expect(read).toMatchObject({ kind: 's3', endpoint, prefix })
    expect(read).toMatchObject({ keys: { accessKeyId: 'id', secretAccessKey: 'hunter2' } })
  })

  it.each([
    's3://bucket',
    's3:bucket',
    's3://Bucket_',
    's3://bucket/a b',
    's3://bucket?endpoint=s3.example',
    's3://bucket?endpoint=https://s3.example/path',
    's3://bucket?region=A&region=b',
    's3://bucket?secret=hunter2',
    's3://id:hunter2@bucket',
  ])('refuses %s with one line that does not repeat it', (store) => {
    const keys =
      store === 's3://bucket' ? {} : { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    const { code, message } = refusal({ HOLDFAST_STORE: store, ...keys })
    expect(code).toBe('config_invalid')
    expect(message).toContain('HOLDFAST_STORE')
    expect(message).not.toContain('hunter2')
    expect(message.split('\n')).toHaveLength(1)
  })

  it('ignores the names that tests use', () => {
    expect(readConfig({ HOLDFAST_TEST_DATABASE_URL: 'anything' }).port).toBe(3000)
  })

  it('listens beyond loopback only with an admin key and keys for creators', () => {
    const admin = { HOLDFAST_ADMIN_KEY: 'operator' }
    expect(refusal({ HOST: '0.0.0.0' }).message).toContain('HOLDFAST_ADMIN_KEY')
    expect(refusal({ HOST: '::', ...admin }).code).toBe('config_invalid')
    expect(refusal({ HOST: '192.168.1.7', HOLDFAST_API_KEYS: 'key' }).code).toBe('config_invalid')
    expect(readConfig({ HOST: '0.0.0.0', HOLDFAST_API_KEYS: 'key', ...admin }).host).toBe('0.0.0.0')
    const jwks = { HOLDFAST_JWKS_URL: 'https://id.example/jwks' }
    expect(readConfig({ HOST: '[::]', ...jwks, ...admin }).host).toBe('::')
  })

  it('knows loopback by address and name, not by resemblance', () => {
    expect(['127.0.0.1', '127.8.9.1', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['127.0.0.1.evil.example', '0.0.0.0', '::', '10.0.0.1'].some(isLoopback)).toBe(false)
  })

  it('is open to its machine only while no key is set', () => {
    expect(isOpenToMachine(readConfig({}))).toBe(true)
    expect(isOpenToMachine(readConfig({ HOLDFAST_ADMIN_KEY: 'operator' }))).toBe(false)
    expect(isOpenToMachine(readConfig({ HOLDFAST_API_KEYS: 'key' }))).toBe(false)
  })
})

describe('the settings', () => {
  it('are all told in --help and in the docs table', () => {
    for (const name of Object.keys(SETTINGS)) {
      expect(helpText()).toContain(name)
      expect(settingsTable()).toContain(`\`${name}\``)
    }
  })
})
