// GET /api/events as a page's EventSource reads it, without coming back by itself.
import type { HoldfastEvent } from '@holdfast/protocol'
import { waitFor } from './wait-for.ts'

export type Heard = { id: string | null; event: HoldfastEvent }

/** Server-Sent Events as fetch reads them. */
export class EventListener {
  readonly heard: Heard[] = []
  isClosed = false
  readonly #abort = new AbortController()

  static async open(url: string, lastEventId?: string): Promise<EventListener> {
    const listener = new EventListener()
    const headers: Record<string, string> =
      lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }
    const response = await fetch(url, { headers, signal: listener.#abort.signal })
    if (!response.ok || !response.body) throw new Error(`events: ${response.status}`)
    const type = response.headers.get('content-type')
    if (!type?.includes('text/event-stream')) throw new Error(`events as ${type}`)
    listener.#read(response.body).catch(() => {
      listener.isClosed = true
    })
    return listener
  }

  close(): void {
    this.#abort.abort()
  }

  until(what: string, found: (heard: Heard[]) => boolean): Promise<unknown> {
    return waitFor(what, () => found(this.heard), { everyMs: 20 })
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    let text = ''
    for await (const part of body) {
      text += decoder.decode(part, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) this.#take(block)
    }
    this.isClosed = true
  }

  /** Waits for an event of this type, of this recording. */
  event(id: string, type: HoldfastEvent['type']): Promise<Heard> {
    const isIt = ({ event }: Heard) => event.id === id && event.type === type
    return waitFor(`${type} of ${id}`, () => this.heard.find(isIt), { everyMs: 10 })
  }

  #take(block: string): void {
    const data = /^data: (.*)$/m.exec(block)?.[1]
    if (data === undefined) return
    const id = /^id: (.*)$/m.exec(block)?.[1] ?? null
    this.heard.push({ id, event: JSON.parse(data) as HoldfastEvent })
  }
}
