// A device that keeps nothing, or not any more: the page says what that is worth, loses nothing that could be kept,
// and never says "safe", nor "kept on this device", of what is not.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createWorld } from '../support/world.ts'

const saysOnDevice = (page: Page) => page.getByText(/kept on this device/i).count()
const saysSafe = (page: Page) => page.getByText('Safe on the server', { exact: true }).count()

async function overrideQuota(page: Page, quotaSize?: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { origin } = new URL(page.url())
  await session.send('Storage.overrideQuotaForOrigin', { origin, ...(quotaSize && { quotaSize }) })
}

async function evict(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const { origin } = new URL(page.url())
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
}

test('a full disk is told, while the server is away too, and all of it arrives', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  const { page } = recorder
  await overrideQuota(page, 1)
  await recorder.start()
  const alert = page.getByRole('alert')
  await alert
    .getByText(/^This device is full\. Recording goes on, straight to the server/)
    .waitFor()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await alert.getByText(/what you record now is only in this page/).waitFor()
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  expect(await saysOnDevice(page)).toBe(0)
  await recorder.stop()
  await page.getByRole('heading', { name: 'Only in this page' }).waitFor()
  expect(await saysOnDevice(page)).toBe(0)
  expect(await saysSafe(page)).toBe(0)
  world.proxy.setLine('open')
  await recorder.waitUntilSafe(30_000)
  const { id } = await world.api.firstRecording()
  expect((await world.api.waitForStatus(id, 'ready')).gaps).toEqual([])
}, 90_000)

test('a browser whose storage cannot be opened records all the same, and says what that means', async () => {
  await using world = await createWorld({
    prepareProfile: async (folder) => {
      // Where the browser keeps its databases lies a file: it can make none.
      await mkdir(join(folder, 'Default'), { recursive: true })
      await writeFile(join(folder, 'Default', 'IndexedDB'), '')
    },
  })
  const recorder = await world.openPage()
  const { page } = recorder
  await recorder.start()
  await page
    .getByRole('alert')
    .getByText(/^This browser keeps nothing on this device/)
    .waitFor()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  await recorder.stop()
  await recorder.waitUntilSafe()
  const { id } = await world.api.firstRecording()
  expect((await world.api.waitForStatus(id, 'ready')).gaps).toEqual([])
}, 60_000)

/** In the page: every write to the buffer waits, in whichever tab, until `letGo()`. */
async function holdWrites(): Promise<void> {
  const opening = indexedDB.open('holdfast')
  await new Promise((resolve) => opening.addEventListener('success', resolve))
  const store = opening.result.transaction('buffer', 'readwrite').objectStore('buffer')
  let isHeld = true
  // A transaction lives as long as it is asked for something.
  const ask = () => {
    if (isHeld) store.count().addEventListener('success', ask)
  }
  ask()
  const letGo = () => {
    isHeld = false
    opening.result.close()
  }
  Object.assign(globalThis, { letGo })
}

test('a disk that does not keep up is told as slow, not as one that keeps nothing, and catches up', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  const { page } = recorder
  await recorder.start()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  const { page: beside } = await world.openPage()
  await page.bringToFront()
  await beside.evaluate(holdWrites)
  const alert = page.getByRole('alert')
  await alert.getByText(/^The disk of this device does not keep up\. Recording goes on/).waitFor()
  world.proxy.setLine('cut')
  await alert.getByText(/what the disk has not taken is only in this page/).waitFor()
  expect(await saysOnDevice(page)).toBe(0)
  expect(await page.getByText(/keeps nothing on this device/).count()).toBe(0)
  await beside.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo())
  await alert.waitFor({ state: 'detached' })
  await page.getByText(/kept on this device/).waitFor()
  world.proxy.setLine('open')
  await recorder.stop()
  await recorder.waitUntilSafe(30_000)
  const { id } = await world.api.firstRecording()
  expect((await world.api.waitForStatus(id, 'ready')).gaps).toEqual([])
}, 90_000)

test('writes that fail for a while are told for a while, and what they were for is stored after it', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  const { page } = recorder
  await page.evaluate(() => {
    const { prototype } = IDBObjectStore
    const own = Object.getOwnPropertyDescriptor(prototype, 'put')?.value
    const flag = { isFailing: false }
    const apply = (target: () => IDBRequest, store: IDBObjectStore, given: unknown[]) => {
      const request = Reflect.apply(target, store, given)
      if (flag.isFailing) store.transaction.abort()
      return request
    }
    Object.defineProperty(prototype, 'put', { value: new Proxy(own, { apply }) })
    Object.assign(globalThis, { flag })
  })
  const fail = (isFailing: boolean) =>
    page.evaluate((value) => {
      Object.assign((globalThis as unknown as { flag: object }).flag, { isFailing: value })
    }, isFailing)
  await recorder.start()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText(/kept on this device/).waitFor()
  await fail(true)
  const alert = page.getByRole('alert').getByText(/only in this page/)
  await alert.waitFor()
  expect(await saysOnDevice(page)).toBe(0)
  await fail(false)
  await alert.waitFor({ state: 'detached' })
  await page.getByText(/kept on this device/).waitFor()
  // It is on the disk now: not even a killed browser loses it.
  await world.killBrowser()
  world.proxy.setLine('open')
  const again = await world.openPage()
  await again.page
    .getByRole('heading', { name: /now safe on the server$/ })
    .waitFor({ timeout: 30_000 })
  const { id } = await world.api.firstRecording()
  expect((await world.api.waitForStatus(id, 'ready')).gaps).toEqual([])
}, 90_000)

test('storage that is cleared beneath the recording is told at once, and what is gone is not called safe', async () => {
  await using world = await createWorld()
  const recorder = await world.openPage()
  const { page } = recorder
  await recorder.start()
  await page.getByText(/^\d+:(0[1-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText(/^([3-9]|[1-5]\d) s waiting here$/).waitFor()
  await evict(page)
  await page
    .getByRole('alert')
    .getByText(/^A part that was stored on this device is gone/)
    .waitFor()
  await page.getByText('Recording goes on.', { exact: false }).first().waitFor()
  world.proxy.setLine('open')
  await recorder.stop()
  await page
    .getByRole('heading', { name: 'A part is not on the server' })
    .waitFor({ timeout: 30_000 })
  expect(await saysSafe(page)).toBe(0)
  const { id } = await world.api.firstRecording()
  expect((await world.api.waitForStatus(id, 'incomplete')).gaps).toHaveLength(1)
}, 90_000)

test('a private window says that it forgets, and what it had sent is a recording', async () => {
  await using world = await createWorld()
  const window = await world.openPrivateWindow()
  const { page } = window
  await window.start()
  await page.getByText(/^\d+:(0[2-9]|[1-5]\d) safe on the server$/).waitFor()
  world.proxy.setLine('cut')
  await page.getByText(/a private window forgets it when it is closed/).waitFor()
  await page.getByText(/^([2-9]|[1-5]\d) s waiting here$/).waitFor()
  await page.context().close()
  // The line stays cut until then: the last words of the window must not get through.
  const { id } = await world.api.firstRecording()
  const view = await world.api.waitForStatus(id, 'ready')
  world.proxy.setLine('open')
  expect(view).toMatchObject({ reason: 'disconnect', gaps: [] })
  expect(view.durationMs).toBeGreaterThanOrEqual(2_000)
  const next = await world.openPrivateWindow()
  await next.page.getByRole('heading', { level: 1 }).waitFor()
  expect(await next.page.getByRole('region', { name: /^Found/ }).count()).toBe(0)
}, 60_000)
