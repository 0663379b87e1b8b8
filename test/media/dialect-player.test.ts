// What a person sees of a take that another recorder wrote: Chromium shows the duration of its virtual file, plays it and
// seeks in it. SYNTHETIC, see webm-dialects.ts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, Player } from '../support/player.ts'
import type { ServedFile } from '../support/range-server.ts'
import { buildFile } from '../support/take-pipeline.ts'
import { watch } from '../support/watched.ts'
import { writeDialects } from '../support/webm-dialects.ts'

if (!hasChromium) console.warn('SKIPPED: Chromium is not installed, dialects are not played')

const built = writeDialects().map(({ name, bytes }, n) => ({
  name,
  path: `/${n}`,
  made: buildFile(null, [bytes]),
}))
let player: Player

beforeAll(async () => {
  if (!hasChromium) return
  const files = new Map<string, ServedFile>()
  for (const { path, made } of built) {
    files.set(path, { bytes: made.bytes, contentType: 'video/webm' })
  }
  player = await Player.open(files)
})
afterAll(() => player?.close())

describe.skipIf(!hasChromium)('Chromium', () => {
  test.each(built)('plays and seeks: $name', async ({ path, made }) => {
    const seconds = (made.file.durationMs ?? 0) / 1000
    const seen = await watch(player.page, path)
    expect(seen.error).toBe('')
    expect(Math.abs(seen.duration - seconds)).toBeLessThan(0.002)
    expect(seen.playedTo).toBeGreaterThan(0.1)
    expect(seen.seeks).toEqual([0.1, 0.5, 0.9].map((part) => expect.closeTo(part * seconds, 1)))
  })
})
