// The browser or the person says no: always a next step, never a dead end.
import { chromium } from 'playwright-core'
import { expect, test } from 'vitest'
import { CHROMIUM } from '../support/chromium.ts'
import { startServer } from '../support/server.ts'

// Without the flag that answers every question with yes, a headless browser answers no.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--use-fake-device-for-media-stream',
]

test('a blocked camera is explained, and opens by itself once it is allowed', async () => {
  const server = await startServer()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(server.url)
    await page.getByRole('button', { name: /^Camera/ }).click()
    const alert = page.getByRole('alert')
    await alert.getByRole('heading', { name: 'The camera is blocked for this page' }).waitFor()
    expect(await alert.getByText('address bar').isVisible()).toBe(true)
    await alert.getByRole('button', { name: 'Try again' }).click()
    await alert.getByRole('button', { name: 'Try again' }).waitFor()
    await context.grantPermissions(['camera', 'microphone'], { origin: server.url })
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor()
  } finally {
    await browser.close()
    await server.stop()
  }
})
