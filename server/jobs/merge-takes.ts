// Makes one MP4 of takes that do not go together as they are: another codec after a reload, another device. Each is coded
// anew in the same way, moved behind the one before it, and the pieces are joined without coding them again. ffmpeg reads
// each take from a pipe, as always; transport streams are what can be put one behind the other byte by byte.
import type { OpenedMedia } from '../media-file/media-files.ts'
import { readParts } from './coded-parts.ts'
import { runFfmpeg } from './ffmpeg-run.ts'
import type { ReadPart } from './kept-parts.ts'
import { keepFrameTimes, type Made, type Making, runOver, trackOf } from './maker.ts'
import { AAC, h264 } from './mp4-codings.ts'

/** Room in front of the first picture for what is decoded before it is shown. */
const LEAD_S = 1
/** The rest is joining. */
const CODED_PERCENT = 90
/** ffmpeg numbers streams from here; sound alone gets the number that it has beside pictures. */
const FIRST_PID = 256

type Piece = { readonly media: OpenedMedia; readonly startMs: number; readonly name: string }

export async function mergeTakes(making: Making, parts: readonly OpenedMedia[]): Promise<Made> {
  const pieces: Piece[] = []
  let startMs = 0
  for (const media of parts) {
    pieces.push({ media, startMs, name: `take-${pieces.length}.ts` })
    startMs += media.durationMs ?? 0
  }
  const totalMs = startMs
  const first = parts.map((media) => trackOf(media, 'video')).find((track) => track !== null)
  const coded: ReadPart[] = []
  for (const piece of pieces) {
    const percentAt = (percent: number) => {
      const doneMs = piece.startMs + ((piece.media.durationMs ?? 0) * percent) / 100
      return Math.floor((doneMs / totalMs) * CODED_PERCENT)
    }
    const report = (percent: number) => making.report(percentAt(percent))
    const code = () =>
      codePiece({ ...making, media: piece.media, report }, piece, first ?? 'unknown')
    coded.push(await making.parts.once(piece.name, percentAt(100), code))
  }
  const file = 'media.mp4'
  const { ffmpeg, limits, folder, signal } = making
  await runFfmpeg({
    ...{ ffmpeg, limits, folder, signal, demuxer: 'mpegts', format: 'mp4', output: file },
    input: readParts(coded),
    // Times are ours and true: a take without pictures is no fault to be closed up.
    inputOptions: ['-copyts', '-start_at_zero'],
    video: { codec: 'copy' },
    audio: { codec: 'copy' },
    outputOptions: ['-map', '0:v:0?', '-map', '0:a:0?', '-movflags', '+faststart'],
  })
  return { file }
}

/** @param like the picture into whose size all others are fitted */
async function codePiece(
  making: Making,
  { startMs, name }: Piece,
  like: Parameters<typeof h264>[0],
): Promise<void> {
  const hasVideo = trackOf(making.media, 'video') !== null
  const { options = [], ...video } = h264(like)
  await runFfmpeg({
    ...runOver(making),
    video: hasVideo ? { ...video, options: [...options, ...keepFrameTimes(making.ffmpeg)] } : null,
    audio: trackOf(making.media, 'audio') && {
      ...AAC,
      options: [...(AAC.options ?? []), '-ar', '48000', '-ac', '2'],
    },
    format: 'mpegts',
    outputOptions: [
      ...['-map', '0:v:0?', '-map', '0:a:0?', '-muxdelay', '0', '-muxpreload', '0'],
      ...['-output_ts_offset', String(LEAD_S + startMs / 1000)],
      ...['-mpegts_start_pid', String(hasVideo ? FIRST_PID : FIRST_PID + 1)],
    ],
    output: name,
  })
}
