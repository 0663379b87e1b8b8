// Camera and screen as the page sees them: one recording with one set of controls, and as safe as the worse of the
// two. Underneath each is a recording of its own, in one group. Holds nothing but its parts.
import type {
  Connection,
  Mark,
  Progress,
  Recording,
  UploadEvents,
  UploadState,
} from '../../index.ts'
import { t } from '../strings/strings.ts'
import { worstConnection, worstProgress, worstState } from './worst.ts'

const OVER: readonly UploadState[] = ['safe', 'ready', 'partial', 'failed']

export class RecordingPair implements Recording {
  readonly parts: readonly [Recording, ...Recording[]]
  readonly safe: Promise<void>

  constructor(parts: readonly [Recording, ...Recording[]]) {
    this.parts = parts
    this.safe = Promise.all(parts.map((part) => part.safe)).then(() => undefined)
    // Whoever waits for it hears of it; nobody has to.
    this.safe.catch(() => undefined)
  }

  get id() {
    return this.parts[0].id
  }

  get token() {
    return this.parts[0].token
  }

  get server() {
    return this.parts[0].server
  }

  get title() {
    return this.parts[0].title
  }

  get createdAt() {
    return this.parts[0].createdAt
  }

  get file() {
    return null
  }

  get mimeType() {
    return this.parts[0].mimeType
  }

  get state(): UploadState {
    return worstState(this.parts.map((part) => part.state))
  }

  get progress(): Progress {
    return worstProgress(this.parts.map((part) => part.progress))
  }

  /** Each part has its own; the first speaks for itself. */
  get chunks() {
    return this.parts[0].chunks
  }

  get connection(): Connection {
    const sending = this.parts.filter(({ state }) => !OVER.includes(state))
    return worstConnection(sending.map((part) => part.connection)) ?? this.parts[0].connection
  }

  get error() {
    const errors = this.parts.flatMap((part) => part.error ?? [])
    return errors.find(({ retry }) => !retry) ?? errors[0] ?? null
  }

  on<T extends keyof UploadEvents>(type: T, handler: (event: UploadEvents[T]) => void): () => void {
    const ends = this.parts.map((part) =>
      part.on(type, (event) => handler(this.#merged(type, event))),
    )
    return () => {
      for (const end of ends) end()
    }
  }

  retry(): void {
    for (const part of this.parts) part.retry()
  }

  pause(): void {
    for (const part of this.parts) part.pause()
  }

  resume(): void {
    for (const part of this.parts) part.resume()
  }

  mark(label?: string): Mark {
    const marks = this.parts.map((part) => part.mark(label))
    return marks[0] ?? { atMs: 0 }
  }

  rename(title: string | null): void {
    for (const [at, part] of this.parts.entries()) {
      part.rename(t.record.titleOf[at === 0 ? 'camera' : 'screen'](title ?? ''))
    }
  }

  async stop(): Promise<void> {
    const ends = await Promise.allSettled(this.parts.map((part) => part.stop()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  /** The camera goes on with another stream. */
  async switchStream(stream: MediaStream): Promise<void> {
    await this.parts[0].switchStream(stream)
  }

  #merged<T extends keyof UploadEvents>(type: T, event: UploadEvents[T]): UploadEvents[T] {
    const { state, progress, connection } = this
    const merged: Partial<UploadEvents> = { state: { state }, progress, transport: connection }
    return merged[type] ?? event
  }
}
