// A person in front of the real page: opens it, records the camera, stops, closes, comes back.
import type { Page } from 'playwright-core'
import { waitFor } from './wait-for.ts'

export class RecorderPage {
  readonly page: Page
  /** Uncaught errors and console errors of the page; a test that ends with any has failed. */
  readonly errors: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.errors.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text())
    })
  }

  static async open(page: Page, url: string): Promise<RecorderPage> {
    const recorder = new RecorderPage(page)
    await page.goto(url)
    return recorder
  }

  /** Three clicks from the first visit to a recording: camera, Record, (Stop). */
  async start(): Promise<void> {
    await this.page.getByRole('button', { name: /^Camera/ }).click()
    await this.page.getByRole('button', { name: 'Record', exact: true }).click()
    await this.page.getByRole('button', { name: 'Stop', exact: true }).waitFor()
  }

  async stop(): Promise<void> {
    await this.page.getByRole('button', { name: 'Stop', exact: true }).click()
  }

  /** Until the page itself says that everything is safe. */
  async waitUntilSafe(timeoutMs = 20_000): Promise<void> {
    await this.page
      .getByText('Safe on the server', { exact: true })
      .first()
      .waitFor({ timeout: timeoutMs })
  }

  /** Until the service worker runs this page: what a second visit has from its start. */
  async waitUntilControlled(): Promise<void> {
    await waitFor('the service worker to control the page', () =>
      this.page.evaluate(() => navigator.serviceWorker.controller !== null),
    )
  }

  /** Closes the tab as its × does. `asking`: beforeunload runs first, as when a person closes it. */
  async closeTab(asking: boolean): Promise<void> {
    this.page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined))
    const gone = new Promise((resolve) => this.page.once('close', resolve))
    await this.page.close({ runBeforeUnload: asking })
    await gone
  }
}
