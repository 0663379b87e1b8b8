import { describe, expect, test } from 'vitest'
import { type Import, importsOf, packageOf } from './imports.ts'
import { codeOf, isTest, sources, type Workspace, workspaceOf } from './tracked-files.ts'

const product = sources.filter((path) => !isTest(path) && workspaceOf(path) !== undefined)

/** Whose code each package may run; `test` and `scripts` may use all. */
const MAY_USE: Partial<Record<Workspace, readonly Workspace[]>> = {
  protocol: [],
  media: [],
  db: ['protocol'],
  server: ['protocol', 'media', 'db'],
  web: ['protocol', 'media'],
}

/** Whose types each package may name besides. */
const MAY_NAME: Partial<Record<Workspace, readonly Workspace[]>> = {
  protocol: ['media'],
  media: ['protocol'],
  db: ['media'],
}

/** Every offence as `path: what`, so that a failure says what to change. */
const offences = (
  paths: readonly string[],
  isWrong: (one: Import, path: string) => boolean,
): string[] =>
  paths.flatMap((path) =>
    importsOf(path)
      .filter((one) => isWrong(one, path))
      .map((one) => `${path}: ${one.specifier}`),
  )

const filesWith = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.filter((path) => pattern.test(codeOf(path)))

describe('the packages', () => {
  test('use only the packages below them', () => {
    const wrong = offences(product, ({ workspace: to, isType }, path) => {
      const from = workspaceOf(path)
      const allowed = from && MAY_USE[from]
      if (!from || !allowed || to === undefined || to === from) return false
      return !allowed.includes(to) && !(isType && MAY_NAME[from]?.includes(to))
    })
    expect(wrong).toEqual([])
  })

  test('reach another package by its name, never by a path into it', () => {
    const wrong = offences(product, ({ specifier, workspace }, path) => {
      const from = workspaceOf(path)
      return specifier.startsWith('.') && from !== 'scripts' && workspace !== from
    })
    expect(wrong).toEqual([])
  })

  test('of pure code touch no disk, no network and no clock', () => {
    const pure = product.filter((path) => /^(protocol|media)\//.test(path))
    const impure = offences(pure, ({ specifier }) => /^(node|bun):/.test(specifier))
    const clock = filesWith(pure, /\b(Date\.now|Math\.random|performance\.now|setTimeout|fetch)\(/)
    expect([...impure, ...clock]).toEqual([])
  })

  test('import relative files with their extension', () => {
    const wrong = offences(
      sources,
      ({ specifier }) =>
        specifier.startsWith('.') && !/\.(ts|tsx|mjs|js|json|css|svg)(\?[\w&]+)?$/.test(specifier),
    )
    expect(wrong).toEqual([])
  })
})

describe('one place owns', () => {
  test('SQL: only db knows Drizzle and the driver', () => {
    const outside = product.filter((path) => !path.startsWith('db/'))
    const drivers = ['drizzle-orm', 'postgres', 'pg']
    const imports = offences(outside, ({ specifier }) =>
      drivers.includes(packageOf(specifier) ?? ''),
    )
    expect([...imports, ...filesWith(outside, /\bsql`/)]).toEqual([])
  })

  test('the environment: only server/main.ts and scripts read it', () => {
    const readers = filesWith(product, /\b(process|Bun|import\.meta)\.env\b/)
    const allowed = (path: string) =>
      path === 'server/main.ts' || /^(scripts|examples)\//.test(path)
    expect(readers.filter((path) => !allowed(path))).toEqual([])
  })

  test('the ack: one file of the ingest session builds it', () => {
    const users = filesWith(product, /\bFRAME\.ACK\b/)
    const others = users.filter((path) => !/^(protocol|web|scripts)\//.test(path))
    expect(others.filter((path) => !path.startsWith('server/ingest/'))).toEqual([])
    expect(others.length).toBeLessThanOrEqual(1)
    expect(filesWith(product, /\b0x82\b/)).toEqual(['protocol/frames.ts'])
  })

  test.each(['@hono/node-ws', '@hono/node-server', 'hono/bun'])(
    '%s: at most one file knows it',
    (name) => {
      const users = offences(
        product,
        ({ specifier, isType }) => !isType && startsWith(specifier, name),
      )
      expect(new Set(users.map((user) => user.split(':')[0])).size).toBeLessThanOrEqual(1)
    },
  )

  test('IndexedDB: only web/buffer knows it', () => {
    const outside = product.filter((path) => !path.startsWith('web/buffer/'))
    const imports = offences(outside, ({ specifier }) => packageOf(specifier) === 'idb-keyval')
    expect([...imports, ...filesWith(outside, /\bindexedDB\./)]).toEqual([])
  })

  test('Bun: at most one file of the server needs it, the rest runs under Node', () => {
    const users = filesWith(product, /\bBun\.\w|from '(bun|hono\/bun)'/)
    expect(users.filter((path) => /^(protocol|media|db|server)\//.test(path)).length).toBeLessThan(
      2,
    )
  })
})

function startsWith(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`)
}
