// A loopback HTTP server that answers Range requests over files in memory: what a player needs to seek, and a count of
// how often it asked.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ServedFile = { readonly bytes: Uint8Array; readonly contentType: string }

export class RangeServer {
  readonly #server: Server
  readonly #files: ReadonlyMap<string, ServedFile>
  /** Range headers by path, in order of arrival. */
  readonly requests = new Map<string, string[]>()

  private constructor(files: ReadonlyMap<string, ServedFile>) {
    this.#files = files
    this.#server = createServer((request, response) => this.#answer(request, response))
  }

  /** `files` by path, the leading slash included. */
  static async listen(files: ReadonlyMap<string, ServedFile>): Promise<RangeServer> {
    const server = new RangeServer(files)
    server.#server.listen(0, '127.0.0.1')
    await once(server.#server, 'listening')
    return server
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? ''
    const file = this.#files.get(path)
    if (!file) {
      response.writeHead(404).end()
      return
    }
    const { range = '' } = request.headers
    this.requests.set(path, [...(this.requests.get(path) ?? []), range])
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? []
    const size = file.bytes.length
    const from = Number(first ?? 0)
    const to = last ? Math.min(Number(last) + 1, size) : size
    response.writeHead(first ? 206 : 200, {
      'content-type': file.contentType,
      'content-length': to - from,
      'accept-ranges': 'bytes',
      ...(first ? { 'content-range': `bytes ${from}-${to - 1}/${size}` } : {}),
    })
    response.end(file.bytes.subarray(from, to))
  }
}
