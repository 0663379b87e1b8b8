// A walk through every screen of the page, in any language: what holds on each of them is asked on each of them.
import type { Page } from 'playwright-core'
import type { words as english } from '../../web/ui/strings/en.ts'
import type { afterWords } from '../../web/ui/strings/en-after.ts'
import type { heldWords } from '../../web/ui/strings/en-held.ts'
import type { Words } from '../../web/ui/strings/words.ts'
import type { World } from '../support/world.ts'
import { recordingPage, untilControlled } from './visit.ts'

export type Said = Words<typeof english>
export type Look = (page: Page, screen: string) => Promise<void>

type Walk = {
  world: World
  words: Said
  /** What is said of a saved recording. */
  after: Words<typeof afterWords>
  /** What is said of a file that was handed over. */
  held: Words<typeof heldWords>
  look: Look
}

const press = (page: Page, name: string) =>
  page.getByRole('button', { name, exact: true }).first().click()

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { name, exact: true }).waitFor()

/** The clock may have gone past the second that is waited for. */
const untilSafe = (page: Page, words: Said, seconds: number) => {
  const [before = '', after = ''] = words.safety.safe('CLOCK').split('CLOCK')
  return page.getByText(new RegExp(`^${before}0:(0[${seconds}-9]|[1-5]\\d)${after}$`)).waitFor()
}

/** The camera's question stays open until `allow()` in the page. */
function holdQuestion(): void {
  const { mediaDevices } = navigator
  const open = mediaDevices.getUserMedia.bind(mediaDevices)
  const allowed = new Promise<void>((allow) => Object.assign(globalThis, { allow }))
  mediaDevices.getUserMedia = async (wanted) => {
    await allowed
    return await open(wanted)
  }
}

/** This browser is told to say yes: see refused.test.ts for a real no. */
function refuseQuestion(): void {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException('Permission denied', 'NotAllowedError')
  }
}

/** From nothing to a recording that is safe. */
async function walkRecording({ world, words, look }: Walk): Promise<void> {
  const { page } = await world.openPage()
  await page.addInitScript(holdQuestion)
  await page.reload()
  await page.getByText(words.library.empty).waitFor()
  await look(page, 'idle')
  await page.locator('.card').first().click()
  await page.getByText(words.source.askingHint).waitFor()
  await look(page, 'asking')
  await page.evaluate(() => (globalThis as unknown as { allow: () => void }).allow())
  await page.locator('video').first().waitFor()
  await page.locator('details.more > summary').click()
  await look(page, 'ready')
  await press(page, words.record.start)
  await press(page, words.marks.add)
  await untilSafe(page, words, 2)
  await look(page, 'recording')
  await press(page, words.record.pause)
  await look(page, 'paused')
  await press(page, words.record.stop)
  await heading(page, words.safety.saved)
  await look(page, 'safe')
  await page.locator('.panel').getByRole('button', { name: words.library.delete }).click()
  await page.getByText(words.library.undoHint).waitFor()
  await look(page, 'safe, deleted')
  await page.locator('.panel').getByRole('button', { name: words.library.undo }).click()
  await heading(page, words.safety.saved)
  await page.close()
}

/** The list, and what lies above it. */
async function walkLibrary({ world, words, after, look }: Walk): Promise<void> {
  const { page } = await world.openPage()
  await page.locator('.row').getByText(words.status.ready, { exact: true }).first().waitFor()
  await look(page, 'library')
  await page.getByRole('textbox', { name: words.library.search }).fill('no such words')
  await page.getByText(words.library.nothingFor('no such words')).waitFor()
  await look(page, 'nothing found')
  await press(page, words.library.showAll)
  await page.locator('.row-open').first().click()
  await recordingPage(page).locator('.chunk-cells').waitFor()
  await look(page, 'recording page')
  for (const part of ['download', 'link', 'trim', 'rename'] as const) {
    await recordingPage(page).getByRole('button', { name: after[part].open }).click()
    await page.locator('.after-panel').waitFor()
    await look(page, `recording page, ${part}`)
  }
  await page.goBack()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: words.help.heading }).waitFor()
  await look(page, 'help')
  await page.keyboard.press('Escape')
  await press(page, words.library.deleteOf(words.library.untitled))
  await page.getByRole('button', { name: words.library.undo }).waitFor()
  await look(page, 'deleted')
  await press(page, words.library.undo)
  await page.locator('.row-open').first().waitFor()
  await page.close()
}

/** A file that another app or a website sends. */
async function walkHandedOver({ world, words, held, look }: Walk): Promise<void> {
  const { page } = await world.openPage()
  await untilControlled(page)
  const { id } = await world.api.firstRecording()
  const buffer = Buffer.from(await world.api.media(id))
  await page.evaluate(() => {
    const form = document.createElement('form')
    Object.assign(form, { method: 'POST', action: '/share', enctype: 'multipart/form-data' })
    form.innerHTML = '<input type="file" name="media" id="shared">'
    document.body.append(form)
  })
  const file = { name: 'Handed over.webm', mimeType: 'video/webm', buffer }
  await page.setInputFiles('#shared', file)
  await page.evaluate(() => document.querySelector('form')?.submit())
  await page.getByRole('heading', { name: held.heading(1) }).waitFor()
  await look(page, 'handed over')
  await press(page, words.recovery.discardOf(file.name))
  await press(page, words.recovery.discardYes)
  await page.getByText(held.discarded).waitFor()
  await page.close()
}

/** The server goes, and the browser dies: what is said then, and at the next visit. */
async function walkTrouble({ world, words, look }: Walk): Promise<void> {
  const first = await world.openPage()
  await first.waitUntilControlled()
  const { page } = first
  await page.locator('.card').first().click()
  await press(page, words.record.start)
  await untilSafe(page, words, 1)
  world.proxy.setLine('cut')
  await page.getByText(words.connection.awayRecording).waitFor()
  await page
    .locator('.said-waiting')
    .getByText(/^([2-9]|[1-5]\d) s /)
    .waitFor()
  await look(page, 'recording away')
  await press(page, words.record.stop)
  await heading(page, words.safety.kept)
  await look(page, 'saving')
  await world.killBrowser()
  const { page: next } = await world.openPage()
  await heading(next, words.recovery.found(1))
  await next.getByText(words.library.unreachable).waitFor()
  await look(next, 'recovery')
  await press(next, words.recovery.playOf(words.library.untitled))
  await next.locator('dialog video').waitFor()
  await look(next, 'local copy')
  await next.keyboard.press('Escape')
  await press(next, words.recovery.discardOf(words.library.untitled))
  await next.getByRole('dialog', { name: words.recovery.discardSure }).waitFor()
  await look(next, 'discard')
  const { id } = await world.api.firstRecording()
  await next.goto(`${world.proxy.url}/recordings/${id}`)
  await recordingPage(next).locator('.device-part').waitFor()
  await look(next, 'recording page, on this device')
  await next.goto(world.proxy.url)
  world.proxy.setLine('open')
  // The longer the server is away, the rarer it is tried: what a browser says of its network is heard at once.
  await next.evaluate(() => dispatchEvent(new Event('online')))
  await heading(next, words.recovery.done)
  await next.locator('.row-open').first().waitFor()
  await next.getByText(words.connection.websocket, { exact: true }).waitFor()
  await look(next, 'recovered')
  await next.close()
}

async function walkRefusal({ world, words, look }: Walk): Promise<void> {
  const { page } = await world.openPage()
  await page.addInitScript(refuseQuestion)
  await page.reload()
  await page.locator('.card').first().click()
  await heading(page, words.problem.blocked.camera)
  await look(page, 'problem')
  await page.close()
}

/** The operators' page: as it is after a few recordings. */
async function walkStatus({ world, look }: Walk): Promise<void> {
  const { page } = await world.openPage()
  await page.goto(`${world.proxy.url}/status`)
  await page.locator('.verdict').waitFor()
  await page.locator('.plot canvas').first().waitFor({ timeout: 40_000 })
  await look(page, 'status')
  await page.close()
}

/** Opens every screen in turn and looks at it. */
export async function walkScreens(walk: Walk): Promise<void> {
  await walkRecording(walk)
  await walkLibrary(walk)
  await walkRefusal(walk)
  await walkHandedOver(walk)
  await walkTrouble(walk)
  await walkStatus(walk)
}
