// A take that was recorded as WebM or Matroska, as an MP4 over the same stored bytes. What cannot be that without converting
// it is refused with `export_needed`: converting is a job, and never between a person and their recording.
import {
  layoutWebmAsMp4,
  MediaError,
  type Mp4Plan,
  planWebmAsMp4,
  type VirtualFile,
} from '@holdfast/media'
import { HoldfastError } from '@holdfast/protocol'
import { type ChunkStreams, partsOf } from './media-body.ts'
import {
  type At,
  type IndexedTake,
  readIndexedTake,
  type Source,
  type TakeFile,
  takeFileOf,
  takeOffsets,
} from './take-file.ts'

/** @throws HoldfastError `export_needed` */
export async function layOutAsMp4(
  source: Source,
  at: At,
  streams: ChunkStreams,
): Promise<TakeFile> {
  const take = await readIndexedTake(source, at)
  const file = await convert(take, (range) => readRange(streams, at, { take, ...range }))
  if (!file) throw new HoldfastError('export_needed')
  return takeFileOf(at.head, take, file)
}

type Read = (range: { from: number; to: number }) => Promise<Uint8Array>

/** A codec's header that does not parse is as good as none: ffmpeg may know more. */
async function convert({ input }: IndexedTake, read: Read): Promise<VirtualFile | null> {
  try {
    const plan = planWebmAsMp4(input)
    return plan && layoutWebmAsMp4(plan, await readStarts(plan, read))
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}

async function readStarts({ starts }: Mp4Plan, read: Read): Promise<Uint8Array[]> {
  const bytes: Uint8Array[] = []
  for (const range of starts) bytes.push(await read(range))
  return bytes
}

async function readRange(
  streams: ChunkStreams,
  { recordingId }: At,
  { take: { chunks }, from, to }: { take: IndexedTake; from: number; to: number },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  const place = { chunks, offsets: takeOffsets(chunks) }
  const wanted = partsOf(place, [{ from, to }])
  for await (const part of streams.stream(recordingId, wanted)) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}
