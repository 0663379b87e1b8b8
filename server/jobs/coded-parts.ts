// Codes the pictures of a long recording part by part, and its sound in one go: a coder of sound begins with a lead of its own,
// which would be heard at every seam, and takes a hundredth of the time. Then joins them, without coding anything again.
//
// A part is a fragmented MP4 whose frames carry the recording's own times, and no frame is shown before the one in front of it
// is decoded: so parts can be put one behind the other as bytes, and their times stay what they were.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenedMedia } from '../media-file/media-files.ts'
import { type Coding, runFfmpeg } from './ffmpeg-run.ts'
import type { ReadPart } from './kept-parts.ts'
import { type Making, runOver } from './maker.ts'
import type { MediaPart } from './part-plan.ts'

export type Codings = { readonly video: Coding; readonly audio: Coding | null }

/** The sound comes first; the rest is joining. */
const AUDIO_PERCENT = 5
const CODED_PERCENT = 95
const FRAGMENTED = '+frag_keyframe+empty_moov+default_base_moof+frag_discont'

/** Writes `output` into the attempt's folder: an MP4 of all parts. */
export async function codeInParts(
  making: Making,
  parts: readonly MediaPart[],
  { video, audio, output }: Codings & { output: string },
): Promise<void> {
  const sound = audio && (await codeSound(making, audio))
  const pictures: ReadPart[] = []
  for (const [n, part] of parts.entries()) {
    pictures.push(await codePictures(making, part, { video, name: `video-${n}.mp4` }))
  }
  const { ffmpeg, limits, folder, signal } = making
  await runFfmpeg({
    ...{ ffmpeg, limits, folder, signal, demuxer: 'mp4', format: 'mp4', output },
    input: readParts(pictures),
    inputOptions: ['-copyts'],
    ...(sound && { beside: { path: sound, demuxer: 'mp4' } }),
    video: { codec: 'copy' },
    audio: sound === null ? null : { codec: 'copy' },
    outputOptions: ['-map', '0:v:0', ...(sound ? ['-map', '1:a:0?'] : []), ...FAST_START],
  })
}

const FAST_START = ['-movflags', '+faststart']

/** In the attempt's folder: beside the pictures in their pipe it has to be a file. */
async function codeSound(making: Making, audio: Coding): Promise<string> {
  const name = 'audio.m4a'
  const report = (percent: number) => making.report(Math.floor((percent * AUDIO_PERCENT) / 100))
  const read = await making.parts.once(name, AUDIO_PERCENT, () =>
    runFfmpeg({
      ...runOver({ ...making, report }),
      ...{ inputOptions: ['-copyts'], video: null, audio, format: 'mp4', output: name },
      outputOptions: ['-map', '0:a:0?'],
    }),
  )
  const path = join(making.folder, name)
  await writeFile(path, read(), { signal: making.signal })
  return path
}

async function codePictures(
  making: Making,
  part: MediaPart,
  { video, name }: { video: Coding; name: string },
): Promise<ReadPart> {
  const { media, report } = making
  const [beginMs, endMs] = [part.fromMs ?? 0, part.toMs ?? media.durationMs ?? 0]
  const percentAt = (ms: number) => {
    const share = Math.min(endMs, Math.max(beginMs, ms)) / (media.durationMs || endMs || 1)
    return Math.floor(AUDIO_PERCENT + share * (CODED_PERCENT - AUDIO_PERCENT))
  }
  report(percentAt(beginMs))
  return await making.parts.once(name, percentAt(endMs), () =>
    runFfmpeg({
      ...runOver(making),
      input: bytesOf(media, part),
      inputOptions: ['-copyts'],
      video: { ...video, filters: [...within(part), ...(video.filters ?? [])] },
      ...{ audio: null, format: 'mp4', output: name },
      outputOptions: ['-map', '0:v:0', '-movflags', FRAGMENTED, '-avoid_negative_ts', 'disabled'],
      onProgress: (doneMs) => report(percentAt(doneMs)),
    }),
  )
}

/** Half a millisecond in front of the keyframe: seconds in a filter are not exact. */
function within({ fromMs, toMs }: MediaPart): string[] {
  const at = (ms: number) => `${(ms - 0.5) / 1000}`
  const bounds = [
    ...(fromMs === null ? [] : [`gte(t\\,${at(fromMs)})`]),
    ...(toMs === null ? [] : [`lt(t\\,${at(toMs)})`]),
  ]
  return bounds.length > 0 ? [`select=${bounds.join('*')}`] : []
}

async function* bytesOf(media: OpenedMedia, { at, to }: MediaPart): AsyncGenerator<Uint8Array> {
  yield* media.bytes(0, media.headBytes)
  yield* media.bytes(at, to)
}

/** One behind the other. */
export async function* readParts(parts: readonly ReadPart[]): AsyncGenerator<Uint8Array> {
  for (const read of parts) yield* read()
}
