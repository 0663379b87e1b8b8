// The built web application. The list of files is read once at the start: a request is looked up in it and
// never becomes a path, so nothing outside the folder can be asked for.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Context, MiddlewareHandler } from 'hono'
import { earlyWords } from './early-words.ts'

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Vite puts a hash of the content into these names: they never change. */
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/

const INDEX = '/index.html'

type StaticFile = {
  bytes: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
  etag: string
}

export type StaticFiles = ReadonlyMap<string, StaticFile>

/** Every file of the folder by its path in URLs; empty when the application was not built. */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const path = file.slice(folder.length).replaceAll('\\', '/')
    files.set(path, await readStaticFile(file, path))
  }
  return files
}

async function readStaticFile(file: string, path: string): Promise<StaticFile> {
  const bytes = new Uint8Array(await readFile(file))
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
  const type = TYPES[extname(path)] ?? 'application/octet-stream'
  return { bytes, etag, headers: { 'Content-Type': type, 'Cache-Control': cache, ETag: etag } }
}

/** Serves the files; addresses of the application's own pages get its index, and the words of the reader with it. */
export function serveStatic(files: StaticFiles): MiddlewareHandler {
  const wordsFor = earlyWords(files.keys())
  return async (c, next) => {
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
    const file = isRead ? find(files, c) : undefined
    if (!file) return await next()
    const words = file === files.get(INDEX) && wordsFor(c.req.header('accept-language') ?? '')
    const headers = words ? { ...file.headers, Link: words, Vary: 'Accept-Language' } : file.headers
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, headers)
    return c.body(file.bytes, 200, headers)
  }
}

function find(files: StaticFiles, c: Context): StaticFile | undefined {
  const { path } = c.req
  const isPage = !/\.\w+$/.test(path) && !path.startsWith('/api/')
  return files.get(path) ?? (isPage ? files.get(INDEX) : undefined)
}
