// Reads the import and export statements of a source file. Knows the forms that this code base uses.
import { dirname, join } from 'node:path'
import { codeOf, WORKSPACES, type Workspace } from './tracked-files.ts'

export type Import = {
  readonly specifier: string
  /** `import type` or `export type`: gone when the code runs. */
  readonly isType: boolean
  /** Whose code it is, when it is ours. */
  readonly workspace: Workspace | undefined
}

const STATEMENT =
  /(?:^|[;\n])\s*(?:import|export)\s+(type\s)?[^'";]*?from\s*['"]([^'"]+)['"]|import\s*\(?\s*['"]([^'"]+)['"]/g

export function importsOf(path: string): Import[] {
  return [...codeOf(path).matchAll(STATEMENT)].map(([, type, from, bare]) => {
    const specifier = from ?? bare ?? ''
    return { specifier, isType: type !== undefined, workspace: owner(path, specifier) }
  })
}

/** The npm package of a specifier; undefined for a relative path or a built-in module. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|\/|node:|bun:|virtual:)/.test(specifier)) return undefined
  const [first, second] = specifier.split('/')
  return first?.startsWith('@') ? `${first}/${second}` : first
}

function owner(path: string, specifier: string): Workspace | undefined {
  const target = specifier.startsWith('.')
    ? join(dirname(path), specifier)
    : specifier.replace(/^@holdfast\//, '')
  if (target === specifier) return undefined
  return WORKSPACES.find((name) => target === name || target.startsWith(`${name}/`))
}
