// The person wants to close the tab, is asked, and stays.
import { expect, test } from 'vitest'
import { waitFor } from '../support/wait-for.ts'
import { createWorld } from '../support/world.ts'
import { expectSamePackets } from './expect-media.ts'

test('beforeunload that is answered with Stay leaves the recording going', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  await recorder.start()
  const { slices } = world.tap()
  await waitFor('some slices', () => slices.length >= 3)
  const asked = new Promise<string>((resolve) => {
    recorder.page.once(
      'dialog',
      (dialog) => void dialog.dismiss().then(() => resolve(dialog.type())),
    )
  })
  await recorder.page.close({ runBeforeUnload: true })
  expect(await asked).toBe('beforeunload')
  const before = slices.length
  await waitFor('the recording to go on', () => slices.length >= before + 3)
  await recorder.stop()
  await recorder.waitUntilSafe()
  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  expect(view).toMatchObject({ reason: 'stop', gaps: [] })
  await expectSamePackets(await world.api.media(id), world.tap().joined(0))
}, 60_000)
