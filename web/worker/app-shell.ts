// Owns the pages that work offline: a navigation gets the precached shell, unless the address belongs to
// the server. Media, API, docs and metrics never come from here.
import { matchPrecache, precacheAndRoute } from 'workbox-precaching'
import { isShellPath } from './shell-path.ts'
import type { WorkerScope } from './worker-scope.ts'

type Manifest = Parameters<typeof precacheAndRoute>[0]

const SHELL = '/index.html'
export function serveShell(scope: WorkerScope, manifest: Manifest): void {
  // Before workbox's own listener, so that a navigation has one answer.
  scope.addEventListener('fetch', (event) => {
    const { request } = event
    const { pathname, origin } = new URL(request.url)
    const isNavigation = request.mode === 'navigate' && origin === location.origin
    if (!isNavigation || !isShellPath(pathname)) return
    event.stopImmediatePropagation()
    event.respondWith(answer(request))
  })
  precacheAndRoute(manifest)
}

/** What was precached belongs together: the shell comes from there, the network is for what is not there. */
async function answer(request: Request): Promise<Response> {
  return (await matchPrecache(SHELL)) ?? (await fetch(request))
}
