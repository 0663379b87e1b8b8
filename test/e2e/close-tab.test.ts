// The tab is closed in the middle, at a bit rate whose tail does not fit into a beacon. The grace time is
// long here: only the stop that the dying page sends can finalize so early.
import { describe, expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectBeginsWith, readSeconds } from './expect-media.ts'

const LONG_GRACE_MS = 30_000
/** Far below the grace time, ample for the service worker to send a second of media. */
const SOON_MS = 15_000
const TIMESLICE_S = 1
/** Between the click on × and the recorder's last frame, on a busy machine. */
const MARGIN_S = 0.3

const CASES = [
  { visit: 'first', asking: true, lostS: MARGIN_S },
  { visit: 'first', asking: false, lostS: TIMESLICE_S + MARGIN_S },
  { visit: 'controlled', asking: true, lostS: MARGIN_S },
  { visit: 'controlled', asking: false, lostS: TIMESLICE_S + MARGIN_S },
] as const

describe('closing the tab while recording at 2.5 Mbit/s', () => {
  test.for(CASES)(
    '$visit visit, beforeunload: $asking, loses at most $lostS s',
    { timeout: 90_000 },
    async (given) => {
      const env = { HOLDFAST_GRACE_MS: String(LONG_GRACE_MS) }
      await using world = await createWorld({ env, isHeavy: true })
      const recorder = await world.openPage()
      if (given.visit === 'controlled') {
        await recorder.waitUntilControlled()
        await recorder.page.reload()
      }
      await recorder.start()
      const { slices, startedAtMs } = world.tap()
      await waitFor('some slices', () => slices.length >= 4)
      // In the middle of a slice, where the most is unsaved.
      await waitFor('half a slice', () => Date.now() - (slices.at(-1)?.atMs ?? 0) > 500)
      const closedAtMs = Date.now()
      await recorder.closeTab(given.asking)

      const { id } = await world.api.firstRecording()
      const view = await world.api.waitForStatus(id, 'ready', { timeoutMs: SOON_MS })
      expect(view).toMatchObject({ reason: 'pagehide', gaps: [] })
      const file = await world.api.media(id)
      await expectBeginsWith(file, world.tap().joined(0))
      const recordedS = (closedAtMs - (startedAtMs[0] ?? 0)) / 1000
      expect(recordedS - (await readSeconds(file))).toBeLessThan(given.lostS)
    },
  )
})
