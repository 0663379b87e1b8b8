// Camera and screen recorded together in one page: two recordings that belong to one group, and stay so when the server
// looks at them.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServerProcess, startServer } from '../support/server.ts'
import { ServerApi } from '../support/server-api.ts'
import { waitFor } from '../support/wait-for.ts'
import type { LibraryPage } from './library-entry.ts'
import { LibraryBrowser } from './library-page.ts'

declare const holdfast: LibraryPage

type Group = { recordings: { id: string; offsetMs: number | null }[] }

let browser: LibraryBrowser
let server: ServerProcess
let api: ServerApi

beforeAll(async () => {
  browser = await LibraryBrowser.create()
  server = await startServer({ env: { HOLDFAST_ORIGINS: browser.url, HOLDFAST_SWEEP_MS: '250' } })
  api = new ServerApi(server.url)
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await server.stop()
})

test('camera and screen are two recordings, whole, and the group says how they lie to each other', async () => {
  const page = await browser.openTab()
  const group = `interview ${randomUUID()}`
  const ids = await page.evaluate(
    async ({ url, name }) => {
      const camera = await navigator.mediaDevices.getUserMedia({ video: true, audio: true })
      // A screen is nothing but another stream; a headless browser has none to show.
      const options = { server: url, group: name, timesliceMs: 500 }
      const both = await Promise.all([
        holdfast.record(camera, { ...options, title: 'The camera' }),
        holdfast.record(holdfast.canvasStream(), { ...options, title: 'The screen' }),
      ])
      Object.assign(globalThis, { both })
      return both.map(({ id }) => id)
    },
    { url: server.url, name: group },
  )
  for (const id of ids) {
    await waitFor(`chunks of ${id}`, async () => {
      const { takes } = await api.read(id)
      return (takes[0]?.chunks ?? 0) >= 4
    })
  }
  await page.evaluate(async () => {
    const { both } = globalThis as unknown as { both: { stop(): Promise<unknown> }[] }
    await Promise.all(both.map((one) => one.stop()))
  })
  const views = await Promise.all(ids.map((id) => api.waitForStatus(id, 'ready')))
  expect(views.map(({ gaps }) => gaps)).toEqual([[], []])
  const answer = await fetch(`${server.url}/api/groups/${encodeURIComponent(group)}`)
  const { recordings } = (await answer.json()) as Group
  expect(recordings.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  // Started in one breath; the first one is the group's zero.
  const offsets = recordings.map(({ offsetMs }) => offsetMs ?? -1).toSorted((a, b) => a - b)
  expect(offsets[0]).toBe(0)
  expect(offsets[1]).toBeLessThan(2000)
}, 60_000)
