// Tables that the docs repeat from the code: here the code is right and the page is wrong.
import { ERRORS, FRAME, LIMITS, TIMING } from '@holdfast/protocol'
import { expect, test } from 'vitest'
import { settingsTable } from '../../server/config-help.ts'
import { tableUnder } from './markdown.ts'
import { readText } from './tracked-files.ts'

type ErrorRow = { status: number; retry: boolean; message: string; close?: number }

test('docs/api.md lists every error as the table of errors has it', () => {
  const expected = Object.entries<ErrorRow>(ERRORS).map(([code, row]) => [
    `\`${code}\``,
    String(row.status),
    row.retry ? 'yes' : 'no',
    row.close === undefined ? '' : String(row.close),
    row.message,
  ])
  expect(tableUnder('docs/api.md', 'Errors')).toEqual(expected)
})

test('docs/api.md lists every frame type with its number', () => {
  const listed = tableUnder('docs/api.md', 'Frame types').map(([type, name]) => [name, type])
  const hex = (type: number) => `0x${type.toString(16).padStart(2, '0')}`
  expect(listed).toEqual(Object.entries(FRAME).map(([name, type]) => [name, hex(type)]))
})

test('docs/operations.md holds the table of settings that --help is made from', () => {
  expect(readText('docs/operations.md')).toContain(settingsTable())
})

test('docs/api.md names the limits that the code has', () => {
  const rows = tableUnder('docs/api.md', 'Limits and timing').map(([name, value]) => [name, value])
  const known: Record<string, number> = { ...LIMITS, ...TIMING }
  const wrong = rows.filter(
    ([name = '', value = '']) =>
      known[name.replaceAll('`', '')] !== Number(value.replaceAll(/[^\d]/g, '')),
  )
  expect(rows.length).toBeGreaterThan(8)
  expect(wrong).toEqual([])
})
