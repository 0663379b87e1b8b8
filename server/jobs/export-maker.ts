// Makes media.mp4 where no virtual one can be laid out. Streams that MP4 can hold are copied; the others become H.264 and
// AAC, which every player and editor knows.
import type { TrackInfo } from '@holdfast/media'
import type { Coding } from './ffmpeg-run.ts'
import { runFfmpeg } from './ffmpeg-run.ts'
import { keepFrameTimes, type Made, type Making, runOver, trackOf } from './maker.ts'

type Track = TrackInfo | 'unknown' | null

const HOLDS_VIDEO = new Set(['V_VP9', 'V_AV1', 'V_MPEG4/ISO/AVC', 'V_MPEGH/ISO/HEVC'])
const HOLDS_AUDIO = new Set(['A_OPUS', 'A_AAC', 'A_MPEG/L3'])
/** Seeking in the result lands within so many seconds. */
const KEYFRAME_SECONDS = 2

export async function makeExport(making: Making): Promise<Made> {
  const { video, audio } = planExport(
    trackOf(making.media, 'video'),
    trackOf(making.media, 'audio'),
  )
  if (!video && !audio) return null
  const file = 'media.mp4'
  await runFfmpeg({
    ...runOver(making),
    video: video && { ...video, options: [...(video.options ?? []), ...times(video, making)] },
    audio,
    format: 'mp4',
    outputOptions: ['-map', '0:v:0?', '-map', '0:a:0?', '-movflags', '+faststart'],
    output: file,
  })
  return { file }
}

const times = ({ codec }: Coding, { ffmpeg }: Making) =>
  codec === 'copy' ? [] : keepFrameTimes(ffmpeg)

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

/** Gaps and pauses become silence, so that the sound stays with the picture. */
const AAC: Coding = {
  codec: 'aac',
  filters: ['aresample=async=1000:first_pts=0'],
  options: ['-b:a', '128k'],
}

function h264(track: TrackInfo | 'unknown'): Coding {
  return {
    codec: 'libx264',
    filters: [...oneSize(track), 'format=yuv420p'],
    options: [
      ...['-preset', 'veryfast', '-crf', '23'],
      ...['-force_key_frames', `expr:gte(t,n_forced*${KEYFRAME_SECONDS})`],
      // Recorders count in milliseconds; the encoder would round to an even frame rate.
      ...['-enc_time_base', '1:1000'],
    ],
  }
}

const even = (pixels: number) => Math.max(2, pixels - (pixels % 2))

/** H.264 wants even sizes, and one size: what a recorder changed on the way is fitted into the first. */
function oneSize(track: TrackInfo | 'unknown'): string[] {
  if (track === 'unknown' || !track.width || !track.height) {
    return ['scale=trunc(iw/2)*2:trunc(ih/2)*2']
  }
  const size = `${even(track.width)}:${even(track.height)}`
  return [
    `scale=${size}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
    `pad=${size}:(ow-iw)/2:(oh-ih)/2`,
    'setsar=1',
  ]
}
