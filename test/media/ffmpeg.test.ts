// What ffmpeg reads in the virtual file: every packet of the recorder, the right duration, and nothing to complain of.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { corpusName, loadWebmTakes } from '../support/corpus.ts'
import { hasFfmpeg, lastPacket, packetHashes, probe } from '../support/ffmpeg.ts'
import { alignSlices, buildFile } from '../support/take-pipeline.ts'

if (!hasFfmpeg)
  console.warn('SKIPPED: ffmpeg is not installed, virtual files are not checked by it')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-media-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.skipIf(!hasFfmpeg)(`ffmpeg, on every WebM take of ${corpusName}`, () => {
  test.concurrent.each(loadWebmTakes())(
    '$name: reads the packets of the recorder',
    async (take) => {
      const { init, chunks } = alignSlices(take.slices)
      const parts = chunks.map((chunk) => chunk.bytes)
      const { file, bytes } = buildFile(init, parts)
      const joined = join(folder, `${take.name}.joined`)
      const virtual = join(folder, `${take.name}.webm`)
      await Promise.all([writeFile(joined, take.joined), writeFile(virtual, bytes)])

      expect(await packetHashes(virtual)).toEqual(await packetHashes(joined))

      const { durationMs, warnings } = await probe(virtual)
      expect(warnings).toBe('')
      expect(Math.abs(durationMs - (file.durationMs ?? 0))).toBeLessThanOrEqual(1)
      const { beginMs, endMs } = await lastPacket(joined)
      expect(durationMs).toBeGreaterThanOrEqual(endMs - 1)
      // "Within one packet": Opus packets last 60 ms, frames at 15 fps and more at most 67.
      expect(durationMs).toBeLessThanOrEqual(Math.max(endMs, beginMs + 67))
    },
  )
})
