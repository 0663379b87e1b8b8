// One recorder's run out of a set of files: a set may hold several, each with a header of its own.
import { sniffContainer } from '@holdfast/media'
import type { PartReader } from './part-bytes.ts'
import type { PartSet } from './part-sets.ts'
import type { Take } from './rebuild.ts'

const MAGIC_BYTES = 4096

/** A file that begins a container begins a take; what comes before the first one is a take without a beginning. */
export async function splitTakes(reader: PartReader, set: PartSet): Promise<Take[]> {
  const takes: { parts: PartSet['parts'][number][]; holes: Set<PartSet['parts'][number]> }[] = []
  for (const [n, part] of set.parts.entries()) {
    if (takes.length === 0 || (await beginsContainer(reader, part))) {
      takes.push({ parts: [], holes: new Set() })
    }
    const take = takes.at(-1)
    take?.parts.push(part)
    const number = set.numbers?.[n] ?? 0
    const before = set.numbers?.[n - 1]
    if (before !== undefined && number > before + 1 && take && take.parts.length > 1) {
      take.holes.add(part)
    }
  }
  return takes
}

async function beginsContainer(
  reader: PartReader,
  part: PartSet['parts'][number],
): Promise<boolean> {
  const bytes = await reader.read(part, 0, Math.min(part.bytes, MAGIC_BYTES))
  return sniffContainer(bytes) !== 'unknown'
}
