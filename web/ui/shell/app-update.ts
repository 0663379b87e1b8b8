// Registers the service worker and offers its updates. An update never interrupts a recording: the
// library puts it in charge only when no tab records or sends.
import { signal } from '@preact/signals'
import { applyUpdate } from '../../index.ts'

/** A newer version is installed and waits. */
export const isUpdateReady = signal(false)

let registration: ServiceWorkerRegistration | null = null

function watchInstalling(worker: ServiceWorker | null): void {
  worker?.addEventListener('statechange', () => {
    // Without a controller this is the first install, not an update.
    if (worker.state === 'installed' && navigator.serviceWorker.controller) {
      isUpdateReady.value = true
    }
  })
}

export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  try {
    const found = await navigator.serviceWorker.register('/service-worker.js')
    registration = found
    isUpdateReady.value = found.waiting !== null
    watchInstalling(found.installing)
    found.addEventListener('updatefound', () => watchInstalling(found.installing))
  } catch (error) {
    console.info('The app works without its service worker, but not offline', error)
  }
}

/** Reloads into the new version, unless another tab still records. */
export async function updateNow(): Promise<void> {
  if (!registration) return
  const reload = () => location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true })
  if ((await applyUpdate(registration)) === 'applied') return
  navigator.serviceWorker.removeEventListener('controllerchange', reload)
}
