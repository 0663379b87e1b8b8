// Starts the page. Shows nothing before it is known whether this device holds something unsent, so that
// the banner does not push the page down; but waits for that only a moment.
import { render } from 'preact'
import { App } from './app.tsx'
import { listenToFiles } from './files/file-drop.tsx'
import { registerWorker } from './shell/app-update.ts'
import { keepInstallPrompt } from './shell/install-offer.tsx'
import { listenToKeys } from './shell/keyboard.ts'
import { followLaunch, readLaunch } from './shell/launch.ts'
import { showTabState } from './shell/tab-display.ts'
import { keepScreenOn } from './shell/wake-lock.ts'
import { lookCloser } from './store/closer-look.ts'
import { watchDevices } from './store/devices.ts'
import { lookForHeld } from './store/held-files.ts'
import { keepListAddress } from './store/list-address.ts'
import { followEvents } from './store/live-events.ts'
import { followAddress, recordingIn } from './store/place.ts'
import { keepPreferences } from './store/preferences.ts'
import { watchSourceLoss } from './store/source-loss.ts'
import { keepLooking, recoverUnsent, sendWhenBack } from './store/uploads.ts'
import { t } from './strings/strings.ts'

const LOOK_FIRST_MS = 250

async function lookForUnsent(): Promise<void> {
  try {
    await Promise.all([recoverUnsent(), lookForHeld()])
  } catch (error) {
    console.warn('This browser’s storage cannot be searched for unsent recordings', error)
  }
}

async function start(root: Element): Promise<void> {
  followAddress()
  keepPreferences(() => localStorage)
  keepListAddress()
  keepInstallPrompt()
  readLaunch()
  const moment = new Promise((resolve) => setTimeout(resolve, LOOK_FIRST_MS))
  await Promise.race([lookForUnsent(), moment])
  render(<App />, root)
  followLaunch()
  watchDevices()
  watchSourceLoss()
  listenToKeys()
  listenToFiles()
  showTabState()
  keepScreenOn()
  const page = new AbortController()
  followEvents(page.signal)
  lookCloser(page.signal)
  keepLooking(page.signal)
  sendWhenBack(page.signal)
  await registerWorker()
}

/** Speech and hyphens follow the language, the layout its direction. */
function tellLanguage(): void {
  document.documentElement.lang = t.locale
  document.documentElement.dir = t.direction
}

/** The operators' page, and a recording that somebody was given a link to, are pages of their own: nothing is recorded there. */
async function open(root: Element): Promise<void> {
  if (location.pathname === '/status') {
    const { showStatus } = await import('./status/status-page.tsx')
    return showStatus(root)
  }
  const id = recordingIn(location.pathname)
  const access = new URLSearchParams(location.search).get('access')
  if (id === null || access === null) return await start(root)
  const { showShared } = await import('./page/shared-page.tsx')
  showShared(root, { id, access })
}

tellLanguage()
const root = document.querySelector('#app')
if (root) void open(root)
