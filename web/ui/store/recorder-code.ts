// Fetches what only a recording needs, while the browser asks the person for a device: the page is there before it.
// Once the service worker runs it is on this device.
import { t } from '../strings/strings.ts'

type RecorderCode = typeof import('../../session/record.ts')

let code: Promise<RecorderCode> | null = null

/** Rejects, in words for the person, when it is not to be had now; the next call tries again. */
export function fetchRecorder(): Promise<RecorderCode> {
  code ??= import('../../session/record.ts').catch((cause) => {
    code = null
    throw new Error(t.record.notLoaded, { cause })
  })
  return code
}

/** Has it ready for the click on Record. */
export function prepareRecorder(): void {
  fetchRecorder().catch((error) => console.info('Fetched again at the click on Record', error))
}
