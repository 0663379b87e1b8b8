import { describe, expect, test } from 'vitest'
import {
  closeCode,
  ERRORS,
  type ErrorCode,
  errorBody,
  HoldfastError,
  isErrorCode,
} from './errors.ts'

type Row = { status: number; retry: boolean; message: string; close?: number }

const rows = Object.entries(ERRORS) as [ErrorCode, Row][]

describe('the table of errors', () => {
  test.each(rows)('%s says what happened and what comes next', (code, { message }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(message).toMatch(/^[A-Z].*\.$/)
    expect(message.length).toBeLessThanOrEqual(120)
  })

  test.each(rows)('%s has a status that fits its retry', (_code, { status, retry }) => {
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThanOrEqual(599)
    // What a client may repeat unchanged: not there yet, too slow, out of order, damaged on the way, our fault.
    if (retry) expect([404, 408, 409, 422, 500, 503, 507]).toContain(status)
    if (status === 503 || status === 507) expect(retry).toBe(true)
    if ([400, 401, 403, 405, 410, 413].includes(status)) expect(retry).toBe(false)
  })

  test('says retry as the contract does', () => {
    const retries: Partial<Record<ErrorCode, boolean>> = {
      chunk_conflict: false,
      digest_mismatch: true,
      unavailable: true,
      take_unknown: true,
      take_conflict: false,
      recording_deleted: false,
      window_exceeded: true,
      recording_full: false,
    }
    for (const [code, retry] of Object.entries(retries)) {
      expect(ERRORS[code as ErrorCode].retry).toBe(retry)
    }
  })
})

describe('the close codes', () => {
  test('are those of rule 9', () => {
    const expected: Partial<Record<ErrorCode, number>> = {
      bad_frame: 4400,
      version_unsupported: 4400,
      frame_too_large: 4400,
      token_invalid: 4401,
      recording_unknown: 4404,
      window_exceeded: 4409,
      recording_deleted: 4410,
      unavailable: 4503,
      shutting_down: 4503,
    }
    for (const [code, close] of Object.entries(expected)) {
      expect(closeCode(code as ErrorCode)).toBe(close)
    }
    const allowed = [4400, 4401, 4404, 4409, 4410, 4503]
    for (const [code] of rows) expect(allowed).toContain(closeCode(code))
  })

  test('never tell a client that should come back that it sent something bad', () => {
    for (const [code, { retry }] of rows) {
      if (retry) expect([4409, 4503]).toContain(closeCode(code))
      else expect(closeCode(code)).not.toBe(4503)
    }
  })
})

describe('HoldfastError', () => {
  test('carries the row of its code', () => {
    for (const [code, { status, retry, message }] of rows) {
      const error = new HoldfastError(code)
      expect({ status: error.status, retry: error.retry }).toEqual({ status, retry })
      expect(errorBody(error)).toEqual({ code, message, retry })
    }
  })

  test('keeps details and cause out of what goes over the wire', () => {
    const cause = new Error('secret')
    const error = new HoldfastError('internal', { details: { path: '/secret' }, cause })
    expect(error.cause).toBe(cause)
    expect(JSON.stringify(errorBody(error))).not.toContain('secret')
  })
})

test('only a name in the table is an error code', () => {
  for (const [code] of rows) expect(isErrorCode(code)).toBe(true)
  for (const value of ['toString', '__proto__', 'constructor', '', 7, null]) {
    expect(isErrorCode(value)).toBe(false)
  }
})
