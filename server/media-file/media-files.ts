// The file of a recording at any moment: the current version, an older one, a pinned generation, a take.
import { type Db, readMediaState, readTakeHeads, type TakeHead } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import { LayoutCache } from './layout-cache.ts'
import { answerMedia, type MediaRequest } from './media-answer.ts'
import { layOutAsMp4 } from './mp4-file.ts'
import { layOutFirst, layOutTake, type TakeFile } from './take-file.ts'

/** As it was recorded, or whatever that was as MP4. */
export type Shape = 'recorded' | 'mp4'

/** Which file is asked for; all null = the newest state of the recording, while recording too. */
export type Wanted = {
  shape: Shape
  version: number | null
  generation: number | null
  take: number | null
}

type Request = Omit<MediaRequest, 'downloadAs' | 'isPinned'> & Wanted & { isDownload: boolean }

export class MediaFiles {
  readonly #source: { db: Db; store: ChunkStore }
  readonly #layouts = new LayoutCache()

  constructor(source: { db: Db; store: ChunkStore }) {
    this.#source = source
  }

  /** @throws HoldfastError `recording_unknown`, `recording_deleted`, `version_unknown`, `no_media`, `export_needed` */
  async answer(request: Request): Promise<Response> {
    const { recordingId, version, generation } = request
    const state = await readMediaState(this.#source.db, recordingId, version)
    if (!state) throw new HoldfastError('recording_unknown')
    if (state.deletedAt) throw new HoldfastError('recording_deleted')
    if (version !== null && state.versionGeneration === null) {
      throw new HoldfastError('version_unknown')
    }
    const at = state.versionGeneration ?? Math.min(generation ?? state.generation, state.generation)
    const laidOut = await this.#layOut(recordingId, at, request)
    const downloadAs = request.isDownload ? (state.title ?? `recording-${recordingId}`) : null
    const isPinned = version !== null || generation !== null
    return answerMedia(this.#source.store, laidOut, { ...request, downloadAs, isPinned })
  }

  /** After a deletion nothing of it stays in memory. */
  forget(recordingId: string): void {
    this.#layouts.forget(recordingId)
  }

  async #layOut(
    recordingId: string,
    generation: number,
    { take, shape }: Pick<Wanted, 'take' | 'shape'>,
  ): Promise<TakeFile> {
    const heads = await readTakeHeads(this.#source.db, recordingId)
    const wanted = take === null ? heads : heads.filter((head) => head.take === take)
    const layOut = (head: TakeHead) => {
      return this.#layouts.get(keyOf({ recordingId, generation, head, shape: 'recorded' }), () =>
        layOutTake(this.#source, { recordingId, head, generation }),
      )
    }
    const laidOut = await layOutFirst(wanted, layOut)
    if (!laidOut || laidOut.file.size === 0) throw new HoldfastError('no_media')
    const head = heads.find((known) => known.take === laidOut.take)
    if (shape === 'recorded' || laidOut.file.container === 'mp4' || !head) return laidOut
    return await this.#layouts.get(keyOf({ recordingId, generation, head, shape }), () =>
      layOutAsMp4(this.#source, { recordingId, head, generation }),
    )
  }
}

type Key = { recordingId: string; head: TakeHead; generation: number; shape: Shape }

/** A take that came without a header may be given one: another file, at the same generation. */
function keyOf({ recordingId, head, generation, shape }: Key): string {
  return `${recordingId}/${head.take}/${generation}/${head.init?.length ?? 0}/${shape}`
}
