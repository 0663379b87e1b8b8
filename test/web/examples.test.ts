// Each example as its README says: served beside a real server that allows its origin, used by a real browser.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ChromiumProcess } from '../support/chromium.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

const SERVE = fileURLToPath(new URL('../../examples/serve.ts', import.meta.url))
/** Each bundles, opens a page and records in real time. */
vi.setConfig({ testTimeout: 60_000 })

const ADMIN = { Authorization: 'Bearer an-admin-key' }

let port: number
let open: ServerProcess
let keyed: ServerProcess
let profileDir: string
let browser: ChromiumProcess
let example: ChildProcess | null = null

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

beforeAll(async () => {
  port = await freePort()
  const HOLDFAST_ORIGINS = `http://localhost:${port}`
  open = await startServer({ env: { HOLDFAST_ORIGINS } })
  const keys = { HOLDFAST_ADMIN_KEY: 'an-admin-key', HOLDFAST_API_KEYS: 'a-key' }
  keyed = await startServer({ env: { HOLDFAST_ORIGINS, ...keys } })
  profileDir = await mkdtemp(join(tmpdir(), 'holdfast-examples-'))
  browser = await ChromiumProcess.launch({ profileDir })
})
afterAll(async () => {
  await browser.kill()
  await open.stop()
  await keyed.stop()
  await rm(profileDir, { recursive: true, force: true, maxRetries: 5 })
})

async function serve(name: string, server: ServerProcess): Promise<Page> {
  if (example) await endExample(example)
  const env = {
    ...process.env,
    PORT: String(port),
    HOLDFAST_URL: server.url,
    HOLDFAST_KEY: 'a-key',
  }
  example = spawn('bun', [SERVE, name], { env, stdio: 'ignore' })
  const url = `http://localhost:${port}`
  await waitFor('the example', async () => (await fetch(`${url}/main.js`)).ok)
  const page = await browser.newPage()
  await page.goto(url)
  return page
}

async function endExample(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill()
  await gone
}
afterAll(async () => {
  if (example) await endExample(example)
})

type Listed = { title: string | null; status: string; durationMs: number | null; owner?: string }

async function newest(server: ServerProcess): Promise<Listed | undefined> {
  const answer = await fetch(`${server.url}/api/recordings`, { headers: ADMIN })
  return ((await answer.json()) as { recordings: Listed[] }).recordings[0]
}

async function record(page: Page, until: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Record', exact: true }).click()
  await page.getByText(until).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
}

test('a plain page records with one element, and plays what it recorded', async () => {
  const page = await serve('plain', open)
  await record(page, /0:0[1-9] safe on the server/)
  await page.getByText(/recorded · safe on the server/).waitFor()
  const video = page.locator('main > video')
  await video.waitFor()
  await waitFor('its length', () =>
    video.evaluate(
      (it) => (it as HTMLVideoElement).readyState > 0 && (it as HTMLVideoElement).duration > 0.5,
    ),
  )
  expect(await newest(open)).toMatchObject({ title: 'From a plain page', status: 'ready' })
  await page.close()
})

test('a React component follows its recording by the hook', async () => {
  const page = await serve('react', open)
  await record(page, /[1-9] s safe/)
  await page.getByText(/^ready/).waitFor()
  expect(await newest(open)).toMatchObject({ title: 'From React', status: 'ready' })
  await page.close()
})

test('a back end of its own lets its visitors record with permits', async () => {
  const page = await serve('with-backend', keyed)
  await record(page, /0:0[1-9] safe on the server/)
  await page.getByText(/recorded · safe on the server/).waitFor()
  await waitFor('it is ready', async () => (await newest(keyed))?.status === 'ready')
  await page.close()
})
