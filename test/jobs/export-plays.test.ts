// What a person gets who asks for an MP4 of what has no place in one: it plays and seeks in Chromium, for as long as the
// recording is.
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, ChromiumProcess } from '../support/chromium.ts'
import { loadWebmTakes } from '../support/corpus.ts'
import { hasFfmpeg, packetTimes } from '../support/ffmpeg.ts'
import { JobBed } from '../support/job-bed.ts'
import { watch } from '../support/watched.ts'

const canRun = hasFfmpeg && existsSync(CHROMIUM)
if (!canRun) console.warn('SKIPPED: no ffmpeg or no Chromium, exports are not played')

/** Those that an instant MP4 cannot be made of, and that are not near twins of another one here. */
const takes = loadWebmTakes().filter(
  ({ name, mimeType }) =>
    /vp8|pcm/.test(mimeType) && /resize|display|pause|trackend|vp8-only|ts100-|pcm/.test(name),
)

describe.skipIf(!canRun)('an export', () => {
  let bed: JobBed
  let browser: ChromiumProcess
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-export-'))
    // Short parts: what is played here has seams wherever it can have them.
    bed = await JobBed.start('bun', { HOLDFAST_EXPORT_PART_MS: '1000' })
    browser = await ChromiumProcess.launch({ profileDir: join(folder, 'profile') })
  })
  afterAll(async () => {
    await browser.kill()
    await bed.wire.stop()
    await rm(folder, { recursive: true, force: true })
  })

  test.each(takes)(
    'of $name plays, seeks, and is as long',
    async (take) => {
      const made = await bed.record(take)
      const response = await bed.made(made, 'media.mp4', 30_000)
      expect(response.headers.get('content-type')).toBe('video/mp4')
      const path = join(folder, `${take.name}.mp4`)
      await writeFile(path, new Uint8Array(await response.arrayBuffer()))
      const { mp4Url } = await bed.view(made)
      const page = await browser.newPage()
      await page.goto(`${bed.wire.url}/docs`)
      await page.setContent('<video muted></video>')
      const seen = await watch(page, `${bed.wire.url}${mp4Url}`)
      await page.close()
      const { durationMs } = (await bed.wire.http.view(made)).body
      const seconds = (durationMs ?? 0) / 1000
      expect(seen.error).toBe('')
      expect(Math.abs(seen.duration - seconds)).toBeLessThan(0.15)
      expect(seen.seeks).toEqual(
        [0.1, 0.5, 0.9].map((part) => expect.closeTo(part * seen.duration, 1)),
      )
      expect((await packetTimes(path)).length).toBeGreaterThan(0)
    },
    60_000,
  )
})
