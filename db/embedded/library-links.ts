// The shared-library links (libicui18n.so.60 → …) without which no program of the package starts.
// The package makes them in a postinstall script, which Bun and careful npm users do not run.
// Two starts may do this at once: every step is a single system call that either of them may win.
import { mkdir, rename, stat, symlink, unlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { type LibraryLink, type NativeFolder, readLibraryLinks } from './binaries.ts'

/**
 * Makes the missing links beside the libraries, or in `privateFolder` where the package cannot be
 * written. Resolves to the value for LD_LIBRARY_PATH, undefined when none is needed.
 */
export async function linkLibraries(
  native: NativeFolder,
  privateFolder: string,
): Promise<string | undefined> {
  const missing = await missingLinks(await readLibraryLinks(native))
  try {
    for (const link of missing) {
      await placeLink(relative(dirname(link.target), link.source), link.target)
    }
    return undefined
  } catch (error) {
    if (!isReadOnly(error)) throw error
  }
  await mkdir(privateFolder, { recursive: true })
  for (const link of missing) {
    await placeLink(link.source, join(privateFolder, basename(link.target)))
  }
  // A linked library looks for its own neighbours beside the link, so their real place comes too.
  return `${privateFolder}:${join(native.path, 'lib')}`
}

async function missingLinks(links: LibraryLink[]): Promise<LibraryLink[]> {
  const found = await Promise.all(links.map((link) => resolves(link.target)))
  return links.filter((_, index) => !found[index])
}

async function placeLink(source: string, target: string): Promise<void> {
  try {
    await symlink(source, target)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    if (await resolves(target)) return
    // A link that points nowhere, as a moved folder leaves: replaced in one step.
    const fresh = `${target}.${process.pid}`
    await unlink(fresh).catch(() => undefined)
    await symlink(source, fresh)
    await rename(fresh, target)
  }
}

const resolves = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

function isReadOnly(error: unknown): boolean {
  return ['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}
