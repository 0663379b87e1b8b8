// Offers to install the app: quietly, after a recording was saved, where the browser allows it.
import { signal } from '@preact/signals'
import { t } from '../strings/strings.ts'

/** Chromium's event; not in the standard's types. */
type InstallPrompt = Event & { prompt(): Promise<unknown> }

const offered = signal<InstallPrompt | null>(null)

export function keepInstallPrompt(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault()
    offered.value = event as InstallPrompt
  })
}

async function install(event: InstallPrompt): Promise<void> {
  // One event can be used once.
  offered.value = null
  await event.prompt()
}

export function InstallOffer() {
  const event = offered.value
  if (!event) return null
  return (
    <button type="button" class="button quiet" onClick={() => void install(event)}>
      {t.install.offer}
    </button>
  )
}
