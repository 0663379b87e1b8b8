// What a step was made from, as one digest, and the stamp that says for which digest it succeeded.
// Stamps live in node_modules: whoever deletes that does everything again.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export async function workspaceFolders(root) {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).workspaces ?? []
}

/** Names and contents; a file that is not there counts as such. */
export async function digestFiles(root, files, salt = '') {
  const hash = createHash('sha256').update(salt)
  for (const file of files) {
    const bytes = await readFile(join(root, file)).catch(() => '')
    hash.update(`\0${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

const SKIPPED = new Set(['node_modules', 'dist'])

/** Every file below `folder`, sorted; installed and built ones left out. */
export async function filesBelow(root, folder) {
  const found = []
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isFile()) found.push(path)
    if (entry.isDirectory() && !SKIPPED.has(entry.name))
      found.push(...(await filesBelow(root, path)))
  }
  return found.sort((a, b) => (a < b ? -1 : 1))
}

const stampPath = (root, name) => join(root, 'node_modules', '.cache', 'holdfast', name)

export async function isStamped(root, name, digest) {
  return (await readFile(stampPath(root, name), 'utf8').catch(() => '')) === digest
}

export async function stamp(root, name, digest) {
  const path = stampPath(root, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.${process.pid}`, digest)
  await rename(`${path}.${process.pid}`, path)
}

/** Before work begins, so that a kill half-way means to do it again. */
export async function unstamp(root, name) {
  await rm(stampPath(root, name), { force: true })
}
