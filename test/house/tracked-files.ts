// What the house tests look at: the files that git tracks, as a clean clone has them. Reads only.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const WORKSPACES = [
  'protocol',
  'media',
  'db',
  'server',
  'web',
  'scripts',
  'examples',
  'test',
] as const
export type Workspace = (typeof WORKSPACES)[number]

/** Paths from the root, with forward slashes. A file deleted but not committed yet is left out. */
export const tracked: readonly string[] = execFileSync('git', ['ls-files', '-z'], {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .split('\0')
  .filter((path) => path !== '' && existsSync(join(ROOT, path)))

const folders = new Set<string>()
for (const path of tracked) {
  for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.add(at)
}

export const isTracked = (path: string): boolean => tracked.includes(path) || folders.has(path)

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

export const isTest = (path: string): boolean =>
  path.startsWith('test/') || /\.(test|bench)\.tsx?$/.test(path) || path.includes('/fixtures/')

/** Code that people write and read; generated migrations are not. */
export const sources: readonly string[] = tracked.filter(
  (path) => /\.(ts|tsx|mjs)$/.test(path) && !path.startsWith('db/migrations/'),
)

/** Source without its comments: what it does, not what it says. */
export function codeOf(path: string): string {
  return readText(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

export const workspaceOf = (path: string): Workspace | undefined =>
  WORKSPACES.find((name) => path.startsWith(`${name}/`))
