// Somebody who has the library open while servers come and go: asks for pages, files and new recordings again and again,
// and follows the events as a browser's EventSource does. What fails and may be repeated is repeated; nobody sees that.
import { isDeepStrictEqual } from 'node:util'
import { EventListener } from '../../support/event-listener.ts'
import { waitFor } from '../../support/wait-for.ts'
import { bearer, WireHttp } from '../../support/wire-client.ts'
import { noise } from '../../support/wire-frames.ts'
import { pause } from '../ground.ts'

/** What a proxy says when an instance went away under a request: whoever asked asks again. */
const REPEATED = [502, 503, 504]
const TRIES = 40
const PAUSE_MS = 100
const HEARD_MS = 30_000

export class Visitor {
  /** Requests that had to be repeated. */
  repeats = 0
  readonly #url: string
  readonly #leaving = new AbortController()
  readonly #violations: string[] = []
  readonly #heard: string[] = []
  readonly #staying: Promise<unknown>

  private constructor(url: string) {
    this.#url = url
    this.#staying = Promise.all([this.#browse(), this.#follow()])
  }

  static come(url: string): Visitor {
    return new Visitor(url)
  }

  /** Resolves with what a person would have seen go wrong. */
  async leave(): Promise<string[]> {
    this.#leaving.abort()
    await this.#staying
    return this.#violations
  }

  /** Every event up to now once, in their order, whatever became of the connections. More come while it is asked. */
  async heardViolations(readIds: () => Promise<readonly string[]>): Promise<string[]> {
    const ids = await readIds()
    const isThere = () => this.#heard.length >= ids.length
    await waitFor('all events', isThere, { timeoutMs: HEARD_MS }).catch(() => undefined)
    const heard = this.#heard.slice(0, ids.length)
    if (isDeepStrictEqual(ids, heard)) return []
    const lost = ids.filter((id) => !this.#heard.includes(id)).length
    const twice = this.#heard.length - new Set(this.#heard).size
    const at = ids.findIndex((id, n) => id !== heard[n])
    const place = `${ids.slice(at, at + 3).join()} were heard as ${heard.slice(at, at + 3).join()}`
    return [`events: of ${ids.length}, ${lost} were not heard and ${twice} twice: ${place}`]
  }

  async #browse(): Promise<void> {
    const { signal } = this.#leaving
    while (!signal.aborted) {
      const made = await this.#ask('create', () => new WireHttp(this.#url).create())
      if (!made) continue
      const recording = `${this.#url}/api/recordings/${made.id}`
      const headers = bearer(made.token)
      const put = { method: 'PUT', body: noise(2000, 1), headers }
      await this.#fetch('a chunk', `${recording}/chunks/0/0`, put)
      await this.#fetch('the recording', recording, { headers })
      await this.#fetch('its file', `${recording}/media`, { headers })
      await this.#fetch('the list', `${this.#url}/api/recordings?limit=5`)
      await this.#fetch('the capabilities', `${this.#url}/api/capabilities`)
      await this.#fetch('a deletion', recording, { method: 'DELETE', headers })
      await pause(PAUSE_MS)
    }
  }

  /** As EventSource: comes back by itself, and says what it heard last. */
  async #follow(): Promise<void> {
    const { signal } = this.#leaving
    while (!signal.aborted) {
      try {
        const last = this.#heard.at(-1) ?? '0-0'
        const listener = await EventListener.open(`${this.#url}/api/events`, last)
        let taken = 0
        const take = () => {
          for (const { id } of listener.heard.slice(taken)) if (id !== null) this.#heard.push(id)
          taken = listener.heard.length
        }
        for (; !listener.isClosed && !signal.aborted; take()) await pause(20)
        take()
        listener.close()
        // It is away for a moment, and in that moment something happens.
        if (!signal.aborted) await this.#ask('create', () => new WireHttp(this.#url).create())
      } catch {
        // No instance took it just now.
        await pause(PAUSE_MS)
      }
    }
  }

  async #fetch(what: string, url: string, init: RequestInit = {}): Promise<void> {
    await this.#ask(what, async () => {
      const { status } = await this.#whole(url, init)
      if (REPEATED.includes(status)) throw new Error(`it was answered with ${status}`)
      if (status >= 500) this.#violations.push(`a visitor: ${what} was answered with ${status}`)
      return true
    })
  }

  /** A body that breaks off is no answer. */
  async #whole(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, init)
    await response.arrayBuffer()
    return response
  }

  async #ask<T>(what: string, attempt: () => Promise<T>): Promise<T | null> {
    let last: unknown
    for (let n = 0; n < TRIES && !this.#leaving.signal.aborted; n += 1) {
      try {
        return await attempt()
      } catch (error) {
        last = error
        this.repeats += 1
        await pause(PAUSE_MS)
      }
    }
    if (!this.#leaving.signal.aborted) {
      this.#violations.push(`a visitor: ${what} failed ${TRIES} times: ${String(last)}`)
    }
    return null
  }
}
