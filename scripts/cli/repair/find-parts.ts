// The files that a person named: those of a folder, or these. Only looks; hidden files and what repair wrote are left out.
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Part } from './part-sets.ts'

/** What repair puts between the name and the ending of what it writes. */
export const REPAIRED = '.repaired'

/** @throws Error with the path, for one that is not there or is neither a file nor a folder */
export async function findParts(paths: readonly string[]): Promise<Part[]> {
  const parts = await Promise.all(paths.map((path) => partsAt(path)))
  return parts.flat()
}

async function partsAt(path: string): Promise<Part[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`${path} is not there or cannot be read`, { cause })
  })
  if (found.isFile()) return [{ path, name: basename(path), bytes: found.size }]
  if (!found.isDirectory()) throw new Error(`${path} is neither a file nor a folder`)
  const names = await readdir(path)
  const visible = names.filter((name) => !name.startsWith('.') && !name.includes(REPAIRED))
  const parts = await Promise.all(
    visible.map(async (name): Promise<Part[]> => {
      const inside = await stat(join(path, name))
      return inside.isFile() ? [{ path: join(path, name), name, bytes: inside.size }] : []
    }),
  )
  return parts.flat()
}
