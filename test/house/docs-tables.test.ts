// Tables that the docs repeat from the code: here the code is right and the page is wrong.
import { ERRORS, FRAME, LIMITS, TIMING } from '@holdfast/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { settingsTable } from '../../server/config-help.ts'
import { openApi } from '../../server/http/openapi.ts'
import { createMetrics } from '../../server/observe/metrics.ts'
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

test('docs/operations.md tells what every metric counts', async () => {
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  onTestFinished(() => metrics.close())
  const known = await metrics.registry.getMetricsAsJSON()
  const expected = known
    .filter(({ name }) => name.startsWith('holdfast_'))
    .map(({ name, type, help }) => [`\`${name}\``, String(type), help])
  expect(tableUnder('docs/operations.md', 'Metrics')).toEqual(expected)
})

test('docs/operations.md says what to do about every error code, and about no other', () => {
  const codes = tableUnder('docs/operations.md', 'Every error code').flatMap(([cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, code = '']) => code),
  )
  expect(codes.toSorted()).toEqual(Object.keys(ERRORS).toSorted())
})

test('docs/api.md names every call that the server describes, and no other', () => {
  const { paths } = openApi('0')
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const named = readText('docs/api.md').matchAll(/`((?:GET|POST|PUT|PATCH|DELETE) \/[^`?\s]+)/g)
  const listed = [...new Set([...named].map(([, call = '']) => call))]
  expect(listed.toSorted()).toEqual(described.toSorted())
})
