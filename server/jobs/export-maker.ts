// Makes media.mp4 where no virtual one can be laid out. Streams that MP4 can hold are copied; the others become H.264 and
// AAC, which every player and editor knows.
import type { TrackInfo } from '@holdfast/media'
import { codeInParts } from './coded-parts.ts'
import type { Coding } from './ffmpeg-run.ts'
import { runFfmpeg } from './ffmpeg-run.ts'
import { keepFrameTimes, type Made, type Making, runOver, trackOf } from './maker.ts'
import { mergeTakes } from './merge-takes.ts'
import { AAC, h264 } from './mp4-codings.ts'
import { planParts } from './part-plan.ts'

type Track = TrackInfo | 'unknown' | null

const HOLDS_VIDEO = new Set(['V_VP9', 'V_AV1', 'V_MPEG4/ISO/AVC', 'V_MPEGH/ISO/HEVC'])
const HOLDS_AUDIO = new Set(['A_OPUS', 'A_AAC', 'A_MPEG/L3'])

export async function makeExport(making: Making): Promise<Made> {
  const parts = await making.openParts()
  return parts.length > 1 ? await mergeTakes(making, parts) : await convert(making)
}

async function convert(making: Making): Promise<Made> {
  const { media, ffmpeg, partMs } = making
  const plan = planExport(trackOf(media, 'video'), trackOf(media, 'audio'))
  const { audio } = plan
  const video = plan.video && timed(plan.video, ffmpeg)
  if (!video && !audio) return null
  const file = 'media.mp4'
  // What is only copied takes no longer than to read it.
  const parts = video && video.codec !== 'copy' ? planParts(media, partMs) : []
  if (video && parts.length > 1) await codeInParts(making, parts, { video, audio, output: file })
  else await convertWhole(making, { video, audio, output: file })
  return { file }
}

type WholeRun = { video: Coding | null; audio: Coding | null; output: string }

async function convertWhole(making: Making, run: WholeRun): Promise<void> {
  await runFfmpeg({
    ...runOver(making),
    ...run,
    format: 'mp4',
    outputOptions: ['-map', '0:v:0?', '-map', '0:a:0?', '-movflags', '+faststart'],
  })
}

function timed(coding: Coding, ffmpeg: Making['ffmpeg']): Coding {
  if (coding.codec === 'copy') return coding
  return { ...coding, options: [...(coding.options ?? []), ...keepFrameTimes(ffmpeg)] }
}

/** How each stream gets into the MP4; null = there is none. */
export function planExport(
  video: Track,
  audio: Track,
): { video: Coding | null; audio: Coding | null } {
  const isCopied = video === null || holds(video, HOLDS_VIDEO)
  // Whoever needs H.264 made needs AAC too; Opus stays where the picture stays.
  const keepsAudio = isCopied && holds(audio, HOLDS_AUDIO)
  return {
    video: video && (isCopied ? { codec: 'copy' } : h264(video)),
    audio: audio && (keepsAudio ? { codec: 'copy' } : AAC),
  }
}

function holds(track: Track, codecs: ReadonlySet<string>): boolean {
  return track !== null && track !== 'unknown' && codecs.has(track.codecId)
}
