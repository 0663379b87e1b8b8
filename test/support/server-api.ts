// What the tests ask the running server over its public HTTP contract.
import type { Gap } from '@holdfast/protocol'
import { waitFor } from './wait-for.ts'

export type RecordingView = {
  id: string
  status: string
  version: number
  reason: string | null
  durationMs: number | null
  bytes: number
  gaps: Gap[]
  takes: { take: number; mimeType: string; chunks: number; bytes: number; missing: unknown[] }[]
  versions: { version: number; status: string; durationMs: number | null }[]
  mediaUrl: string
}

export class ServerApi {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async list(): Promise<RecordingView[]> {
    const { recordings } = await this.#json<{ recordings: RecordingView[] }>('/api/recordings')
    return recordings
  }

  read(id: string): Promise<RecordingView> {
    return this.#json(`/api/recordings/${id}`)
  }

  /** The newest file, whole. */
  async media(id: string): Promise<Uint8Array> {
    const response = await fetch(`${this.#url}/api/recordings/${id}/media`)
    if (!response.ok) throw new Error(`media: ${response.status} ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  }

  /** Waits for the first recording of the server. */
  async firstRecording(): Promise<RecordingView> {
    return await waitFor('a recording on the server', async () => (await this.list())[0])
  }

  /** Waits until the recording is in `status`, at `version` or later. */
  async waitForStatus(
    id: string,
    status: string,
    { version = 1, timeoutMs = 20_000 } = {},
  ): Promise<RecordingView> {
    let last: RecordingView | null = null
    const probe = async () => {
      last = await this.read(id)
      return last.status === status && last.version >= version ? last : null
    }
    try {
      return await waitFor(`${status} v${version}`, probe, { timeoutMs })
    } catch (cause) {
      throw new Error(`still ${JSON.stringify(last)}`, { cause })
    }
  }

  async #json<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#url}${path}`)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
}
