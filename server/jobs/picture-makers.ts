// Makes pictures: one that stands for the recording, and one a minute for scrubbing. Only keyframes are decoded, so an
// hour takes seconds.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Coding, runFfmpeg } from './ffmpeg-run.ts'
import { keepFrameTimes, type Made, type Making, runOver, trackOf } from './maker.ts'

export const POSTER_EVERY_MS = 60_000
const THUMBNAIL_PX = 640
const POSTER_PX = 320

const scaledTo = (px: number) => `scale=min(${px}\\,iw):-2`
const KEYFRAMES_ONLY = ['-skip_frame', 'nokey']

const jpeg = (filters: string[], quality: number): Coding => ({
  codec: 'mjpeg',
  filters,
  options: ['-q:v', String(quality), '-map', '0:v:0'],
})

/** The most telling of the first keyframes: not the black one that many recordings begin with. */
export async function makeThumbnail(making: Making): Promise<Made> {
  if (trackOf(making.media, 'video') === null) return null
  const file = 'thumbnail.jpg'
  await runFfmpeg({
    ...runOver(making),
    inputOptions: KEYFRAMES_ONLY,
    video: jpeg(['thumbnail=8', scaledTo(THUMBNAIL_PX)], 4),
    audio: null,
    format: 'mjpeg',
    outputOptions: ['-frames:v', '1'],
    output: file,
  })
  return { file }
}

/** One file with a JPEG per minute, one behind the other; `parts` says where each lies. */
export async function makePosters(making: Making): Promise<Made> {
  if (trackOf(making.media, 'video') === null) return null
  const file = 'posters.mjpeg'
  const seconds = POSTER_EVERY_MS / 1000
  await runFfmpeg({
    ...runOver(making),
    inputOptions: KEYFRAMES_ONLY,
    // The first keyframe of each minute; a minute without one is made up for by the next.
    video: jpeg([`select=gte(floor(t/${seconds})\\,selected_n)`, scaledTo(POSTER_PX)], 6),
    audio: null,
    format: 'mjpeg',
    outputOptions: keepFrameTimes(making.ffmpeg),
    output: file,
  })
  return { file, parts: findPictures(await readFile(join(making.folder, file))) }
}

/** [offset, bytes] of each JPEG of a row of them: an end marker in front of a start marker, or of nothing. */
export function findPictures(bytes: Uint8Array): [number, number][] {
  const pictures: [number, number][] = []
  let from = 0
  for (let at = 0; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff || bytes[at + 1] !== 0xd9) continue
    const isLast = at + 2 === bytes.length
    if (!isLast && (bytes[at + 2] !== 0xff || bytes[at + 3] !== 0xd8)) continue
    pictures.push([from, at + 2 - from])
    from = at + 2
  }
  return pictures
}
