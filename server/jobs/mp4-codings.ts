// How sound and pictures are coded anew for an MP4: H.264 and AAC, which every player and editor knows.
import type { TrackInfo } from '@holdfast/media'
import type { Coding } from './ffmpeg-run.ts'

/** Seeking in the result lands within so many seconds. */
const KEYFRAME_SECONDS = 2

const FORCED_KEYFRAMES = `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${KEYFRAME_SECONDS}))`

/** Gaps and pauses become silence, so that the sound stays with the picture. */
export const AAC: Coding = {
  codec: 'aac',
  filters: ['aresample=async=1000:first_pts=0'],
  options: ['-b:a', '128k'],
}

export function h264(track: TrackInfo | 'unknown'): Coding {
  return {
    codec: 'libx264',
    filters: [...oneSize(track), 'format=yuv420p'],
    options: [
      ...['-preset', 'veryfast', '-crf', '23'],
      // Counted from the keyframe before, whenever the first one was.
      ...['-force_key_frames', FORCED_KEYFRAMES],
      // Frames are decoded in the order in which they are shown: so what was coded in parts can be joined.
      ...['-bf', '0'],
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
