import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64, isRecordingId, isToken, newToken, toBase64, toHex } from './ids.ts'

test('every UUID of version 1 to 8 in lower case is a recording id', () => {
  fc.assert(fc.property(fc.uuid(), isRecordingId))
})

test('nothing that could leave a folder or end a line is a recording id', () => {
  const id = '01980a5e-7c00-7000-8000-000000000001'
  for (const value of [
    '',
    '..',
    `../${id}`,
    `${id}/`,
    `${id}\n`,
    `\n${id}`,
    `${id}\u0000`,
    id.toUpperCase(),
    `{${id}}`,
    id.replaceAll('-', ''),
    '01980a5e-7c00-9000-8000-000000000001',
    '01980a5e-7c00-7000-c000-000000000001',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    [id],
    null,
    undefined,
    7,
  ]) {
    expect(isRecordingId(value)).toBe(false)
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (isRecordingId(text)) expect(text).toMatch(/^[0-9a-f-]{36}$/)
    }),
  )
})

test('a new token is a token, holds 192 bits and never comes twice', () => {
  const tokens = new Set(Array.from({ length: 500 }, newToken))
  expect(tokens.size).toBe(500)
  for (const token of tokens) {
    expect(isToken(token)).toBe(true)
    expect(fromBase64(token)).toHaveLength(24)
  }
})

test('a token has at least 128 bits and only URL-safe characters', () => {
  expect(isToken('A'.repeat(21))).toBe(false)
  expect(isToken('A'.repeat(22))).toBe(true)
  expect(isToken('A'.repeat(257))).toBe(false)
  for (const value of [`${'A'.repeat(30)}=`, `${'A'.repeat(30)}\n`, `a b${'A'.repeat(30)}`, null]) {
    expect(isToken(value)).toBe(false)
  }
})

test('base64 comes back in both alphabets, with and without padding', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = toBase64(bytes)
      const urlSafe = text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
      expect(text).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(text)).toEqual(Uint8Array.from(bytes))
      expect(fromBase64(urlSafe)).toEqual(Uint8Array.from(bytes))
    }),
  )
})

test('text that is not base64 is null, never an error', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void fromBase64(text)))
  for (const text of ['a', '*', 'ab=c', 'ä']) expect(fromBase64(text)).toBeNull()
})

test('hex has two digits for every byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'))
    }),
  )
})
