// Headers that may stand for a lost one: those of the recording's other takes that were recorded as the same type. The
// same page with the same settings writes the same header, but for its tracks' numbers now and then.
import { readTakeChunks, readTakeHeads, type TakeHead } from '@holdfast/db'
import { indexTake, splitAtHoles, type TakeSource } from './take-indexes.ts'

type Of = { recordingId: string; head: TakeHead; generation: number | null }

/** A header that came inside the chunks is complete with the first of them, or soon after. */
const MAX_LOOKED_AT = 8
/** A recording may have thousands of takes, and each header is tried on the bytes. */
const MAX_SIBLINGS = 4

/** The nearest takes' first; only of takes whose own header is known. */
export async function* siblingHeaders(source: TakeSource, of: Of): AsyncGenerator<Uint8Array> {
  const { recordingId, head } = of
  const heads = await readTakeHeads(source.db, recordingId)
  const distance = ({ take }: TakeHead) => Math.abs(take - head.take)
  const siblings = heads
    .filter(({ take, mimeType }) => take !== head.take && mimeType === head.mimeType)
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, MAX_SIBLINGS)
  for (const sibling of siblings) {
    const header = sibling.init
      ? new Uint8Array(sibling.init)
      : await headerInside(source, { ...of, head: sibling })
    if (header) yield header
  }
}

async function headerInside(source: TakeSource, of: Of): Promise<Uint8Array | null> {
  const chunks = await readTakeChunks(source.db, { ...of, take: of.head.take })
  const [first] = splitAtHoles(chunks.slice(0, MAX_LOOKED_AT))
  if (first?.firstSeq !== 0) return null
  const indexes = await indexTake(source, of, [first])
  return indexes.find((index) => index.header !== null)?.header ?? null
}
