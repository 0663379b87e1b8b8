// Owns files that other apps share with this one. Any website can send a form to this address, and nothing tells that from an
// app: so they are held on this device before the page is shown, which asks. Nothing is sent from here.
import { holdSharedFile } from '../session/held-files.ts'
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

/** The page finds what is held; it is told what was not taken and why, and when nothing came. */
async function receive(request: Request): Promise<Response> {
  const told = new URLSearchParams()
  const files = await sharedFiles(request)
  if (files.length === 0) told.append('shared', 'none')
  for (const file of files) {
    try {
      await holdSharedFile(file)
    } catch (error) {
      const code = error instanceof FileError ? error.code : 'failed'
      told.append('refused', `${code} ${file.size} ${file.name}`)
    }
  }
  return Response.redirect(told.size > 0 ? `/?${told}` : '/', 303)
}

async function sharedFiles(request: Request): Promise<File[]> {
  try {
    const form = await request.formData()
    const files = form.getAll(FILES_FIELD).filter((one) => one instanceof File)
    // So a form says that no file was chosen.
    return files.filter(({ name, size }) => name !== '' || size > 0)
  } catch {
    return []
  }
}
