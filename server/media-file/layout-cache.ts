// Layouts by recording, take and generation: chunks up to a generation never change, so neither does a
// layout. A player asks for the same one range by range; keeps the newest few.
import type { TakeFile } from './take-file.ts'

/** An hour's layout is about 1 MB. */
const MAX_LAYOUTS = 64

export class LayoutCache {
  readonly #layouts = new Map<string, Promise<TakeFile>>()

  /** The layout under `key`, made at most once at a time; a failed one is not kept. */
  get(key: string, make: () => Promise<TakeFile>): Promise<TakeFile> {
    const known = this.#layouts.get(key)
    this.#layouts.delete(key)
    const layout = known ?? make()
    this.#layouts.set(key, layout)
    if (!known) layout.catch(() => this.#layouts.delete(key))
    const [oldest] = this.#layouts.keys()
    if (this.#layouts.size > MAX_LAYOUTS && oldest !== undefined) this.#layouts.delete(oldest)
    return layout
  }

  /** Forgets every layout of a recording, after its deletion. */
  forget(recordingId: string): void {
    for (const key of this.#layouts.keys()) {
      if (key.startsWith(`${recordingId}/`)) this.#layouts.delete(key)
    }
  }
}
