// The segments that this process is writing, at most one per recording. Beyond the cap the one idle longest is
// closed, and its recording's next frame opens another: a segment is never reopened (R10). A segment that
// failed is quarantined and never touched again (R8).
import type { StoredAt } from './chunk-store.ts'
import { errorCode } from './disk.ts'
import type { SegmentWriter } from './segment-writer.ts'
import type { WriteHealth } from './write-health.ts'

type Slot = { segment: SegmentWriter | null; isWriting: boolean }

export type OpenSegmentsOptions = {
  maxOpen: number
  health: WriteHealth
  create: (recordingId: string) => Promise<SegmentWriter>
  /** Marks the failed segment; null when it could not even be created. Never throws. */
  quarantine: (recordingId: string, key: string | null, error: unknown) => Promise<void>
}

export class OpenSegments {
  readonly #options: OpenSegmentsOptions
  /** The recording idle longest comes first. */
  readonly #slots = new Map<string, Slot>()

  constructor(options: OpenSegmentsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#slots.size
  }

  /** Writes durably. Must not run twice at once for one recording. Throws what the disk threw. */
  async write(recordingId: string, parts: Uint8Array[]): Promise<StoredAt> {
    const slot = this.#use(recordingId)
    try {
      return await this.#options.health.watch(async () => {
        slot.segment ??= await this.#create(recordingId)
        return { segment: slot.segment.key, offset: await slot.segment.append(parts) }
      })
    } catch (error) {
      this.#slots.delete(recordingId)
      if (slot.segment) await this.#closeFile(slot.segment)
      // Out of file handles: what is idle makes room for the next try.
      if (errorCode(error) === 'EMFILE' || errorCode(error) === 'ENFILE') await this.closeAll()
      await this.#options.quarantine(recordingId, slot.segment?.key ?? null, error)
      throw error
    } finally {
      slot.isWriting = false
    }
  }

  /** Closes the recording's segment unless it is being written, or is another than `only`. */
  async close(recordingId: string, only?: string): Promise<void> {
    const slot = this.#slots.get(recordingId)
    if (!slot || slot.isWriting) return
    if (only !== undefined && slot.segment?.key !== only) return
    this.#slots.delete(recordingId)
    if (slot.segment) await this.#closeFile(slot.segment)
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#slots.keys()].map((id) => this.close(id)))
  }

  #use(recordingId: string): Slot {
    const slot = this.#slots.get(recordingId) ?? { segment: null, isWriting: true }
    slot.isWriting = true
    this.#slots.delete(recordingId)
    this.#slots.set(recordingId, slot)
    return slot
  }

  async #create(recordingId: string): Promise<SegmentWriter> {
    for (const [id, slot] of this.#slots) {
      if (this.#slots.size <= this.#options.maxOpen) break
      if (!slot.isWriting) await this.close(id)
    }
    return this.#options.create(recordingId)
  }

  async #closeFile(segment: SegmentWriter): Promise<void> {
    try {
      await segment.close()
    } catch (error) {
      // What was acked is synced already; what was not is refused anyway.
      this.#options.health.note(error)
    }
  }
}
