import { expect, it } from 'vitest'
import { isShellPath } from './shell-path.ts'

it.for(['/', '/library', '/recordings/01890a5d', '/apidocs', '/documents'])(
  'answers %s from the shell',
  (path) => {
    expect(isShellPath(path)).toBe(true)
  },
)

it.for([
  '/api/recordings/x/media',
  '/api',
  '/docs',
  '/docs/x',
  '/metrics',
  '/healthz',
  '/openapi.json',
])('leaves %s to the server', (path) => {
  expect(isShellPath(path)).toBe(false)
})
