// What Chromium makes of one file of several takes: it plays across the places where they meet, and seeks into each of them.
import type { Pauses } from '@holdfast/media'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { hasChromium, Player } from '../support/player.ts'
import type { ServedFile } from '../support/range-server.ts'
import { buildJoined } from '../support/take-pipeline.ts'

if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, joined takes are not played')

const CAMERA = 'webm-vp8-opus-requestdata-6s'
const CANVAS = 'webm-vp8-canvas-resize-ts1000'
const SOUND = 'audio-mp4-opus-ts1000-12s'

/** Takes of the sets that lie in the repository: flipped track numbers, other sizes, BlockGroups, MP4. */
const CASES: readonly (readonly [string, Pauses, readonly string[]])[] = [
  ['a camera, then a canvas of another size', 'closed', [CAMERA, CANVAS]],
  ['a canvas, then a camera', 'closed', [CANVAS, CAMERA]],
  ['a camera, a canvas and the camera again', 'closed', [CAMERA, CANVAS, CAMERA]],
  ['a camera twice, with the pause between them', 'kept', [CAMERA, CAMERA]],
  ['VP9 in Matroska twice', 'closed', ['mkv-vp9-opus-ts1000-6s', 'mkv-vp9-opus-ts1000-6s']],
  ['AV1 twice', 'closed', ['webm-av1-opus-ts1000-4s', 'webm-av1-opus-ts1000-4s']],
  ['sound in MP4 twice', 'closed', [SOUND, SOUND]],
]

type Joined = NonNullable<ReturnType<typeof buildJoined>>
const built = new Map<string, Joined>()
let player: Player

beforeAll(async () => {
  if (!hasChromium) return
  const files = new Map<string, ServedFile>()
  for (const [name, pauses, sets] of CASES) {
    const given = sets.map((set, n) => ({
      slices: loadTake(set).slices,
      startedAtMs: n * 9000,
    }))
    const joined = buildJoined(given, pauses)
    if (!joined) throw new Error(`${name}: not joined`)
    built.set(name, joined)
    const contentType = joined.file.container === 'mp4' ? 'video/mp4' : 'video/webm'
    files.set(pathOf(name), { bytes: joined.bytes, contentType })
  }
  player = await Player.open(files)
})
afterAll(() => player?.close())

const pathOf = (name: string) => `/${name.replaceAll(/\W/g, '-')}`

type Seen = {
  error: string
  duration: number
  sizes: string[]
  crossed: number[]
  sought: number[]
  lag: number
}

describe.skipIf(!hasChromium)('Chromium', () => {
  test.each(CASES)('%s (pauses %s): plays across and seeks into each', async (name) => {
    const joined = built.get(name)
    if (!joined) throw new Error('not built')
    const meetings = joined.takes.slice(1).map((take, n) => ({
      from: (joined.takes[n]?.endMs ?? 0) / 1000 - 0.4,
      to: take.startMs / 1000 + 0.4,
    }))
    const middles = joined.takes.map(({ startMs, endMs }) => (startMs + endMs) / 2000)
    const seen = await watch(pathOf(name), { meetings, middles })
    expect(seen.error).toBe('')
    expect(Math.abs(seen.duration - (joined.file.durationMs ?? 0) / 1000)).toBeLessThan(0.002)
    for (const [n, { to }] of meetings.entries()) expect(seen.crossed[n]).toBeGreaterThan(to)
    expect(seen.sought).toEqual(middles.map((middle) => expect.closeTo(middle, 1)))
    // Pictures that come long before or after their time would tell of sound that lost the pause.
    expect(seen.lag).toBeLessThan(0.35)
  })
})

type Places = { meetings: { from: number; to: number }[]; middles: number[] }

/** Plays from in front of each meeting to behind it, then seeks; every step ends with the player's own event. */
function watch(path: string, places: Places): Promise<Seen> {
  return player.page.evaluate(
    async ({ src, meetings, middles }) => {
      const video = document.querySelector('video')
      if (!video) throw new Error('no player')
      const event = (name: string, isDone = () => true) =>
        new Promise<void>((resolve, reject) => {
          const failed = () => reject(new Error(video.error?.message ?? 'failed'))
          const check = () => {
            if (!isDone()) return
            video.removeEventListener(name, check)
            video.removeEventListener('error', failed)
            resolve()
          }
          video.addEventListener(name, check)
          video.addEventListener('error', failed)
        })
      const seek = async (to: number) => {
        const sought = event('seeked', () => video.readyState >= 2)
        video.currentTime = to
        await sought
      }
      const seen = {
        ...{ error: '', duration: 0, lag: 0 },
        ...{ sizes: [] as string[], crossed: [] as number[], sought: [] as number[] },
      }
      const look = (_: number, { mediaTime, width, height }: VideoFrameCallbackMetadata) => {
        if (!video.paused) seen.lag = Math.max(seen.lag, Math.abs(video.currentTime - mediaTime))
        const size = `${width}x${height}`
        if (!seen.sizes.includes(size)) seen.sizes.push(size)
        video.requestVideoFrameCallback(look)
      }
      video.requestVideoFrameCallback(look)
      try {
        const ready = event('canplay')
        video.src = src
        await ready
        seen.duration = video.duration
        for (const { from, to } of meetings) {
          await seek(from)
          const crossed = event('timeupdate', () => video.currentTime > to)
          await Promise.all([video.play(), crossed])
          video.pause()
          seen.crossed.push(video.currentTime)
        }
        for (const middle of middles) {
          await seek(middle)
          seen.sought.push(video.currentTime)
        }
      } catch (error) {
        seen.error = String(error)
      }
      return seen
    },
    { src: path, ...places },
  )
}
