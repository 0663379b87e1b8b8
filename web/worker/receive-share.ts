// Owns files that other apps share with this one: they are in the buffer before the page is shown, which sends them.
import { prepareFile, type ReadyFile, storeFile } from '../session/add-file.ts'
import { FileError } from '../session/media-check.ts'
import type { WorkerScope } from './worker-scope.ts'

/** As the manifest names it. */
const SHARE_PATH = '/share'
const FILES_FIELD = 'media'

/** Before the shell, which would answer the navigation and drop what it carries. */
export function receiveShares(scope: WorkerScope): void {
  scope.addEventListener('fetch', (event) => {
    const { request } = event
    const { pathname, origin } = new URL(request.url)
    if (request.method !== 'POST' || origin !== location.origin || pathname !== SHARE_PATH) return
    event.stopImmediatePropagation()
    event.respondWith(receive(request))
  })
}

/** The page is told which ones came, and which did not and why. */
async function receive(request: Request): Promise<Response> {
  const told = new URLSearchParams()
  for (const file of await sharedFiles(request)) {
    try {
      const { row } = await take(file)
      told.append('shared', row.id)
    } catch (error) {
      const code = error instanceof FileError ? error.code : 'failed'
      told.append('refused', `${code} ${file.size} ${file.name}`)
    }
  }
  if (told.size === 0) told.append('shared', '')
  return Response.redirect(`/?${told}`, 303)
}

async function sharedFiles(request: Request): Promise<File[]> {
  try {
    const form = await request.formData()
    return form.getAll(FILES_FIELD).filter((one) => one instanceof File)
  } catch {
    return []
  }
}

async function take(file: File): Promise<ReadyFile> {
  const ready = await prepareFile(file)
  await storeFile(ready)
  return ready
}
