// The file of a recording at any moment: the current version, an older one, a pinned generation, a take.
import { type Db, holdsDamage, readMediaState, readTakeHeads, type TakeHead } from '@holdfast/db'
import type { Pauses, VirtualFile } from '@holdfast/media'
import { HoldfastError } from '@holdfast/protocol'
import type { ChunkStore } from '../store/chunk-store.ts'
import type { Verifier } from '../verify/verifier.ts'
import { layOutPlayed, MAX_JOINED, type OfRecording } from './joined-file.ts'
import { LayoutCache } from './layout-cache.ts'
import { answerMedia, type MediaRequest, type ServedFile, servedTake } from './media-answer.ts'
import type { ChunkStreams } from './media-body.ts'
import { layOutAsMp4 } from './mp4-file.ts'
import { layOutTake, type TakeFile } from './take-file.ts'

/** As it was recorded, or whatever that was as MP4. */
export type Shape = 'recorded' | 'mp4'

/** Which file is asked for; all null = the newest state of the recording, while recording too. */
export type Wanted = {
  shape: Shape
  version: number | null
  generation: number | null
  take: number | null
  /** Of several takes. */
  pauses: Pauses
}

export type FileRequest = Omit<MediaRequest, 'downloadAs' | 'isPinned'> &
  Wanted & { isDownload: boolean }

/** A version's file with what is known of its content. */
export type OpenedMedia = ServedFile &
  Pick<VirtualFile, 'container' | 'durationMs' | 'tracks' | 'keyframes'> & {
    /** The header in front of the media. */
    readonly headBytes: number
  }

type Source = {
  db: Db
  store: ChunkStore
  chunks: ChunkStreams
  /** Looks into what cannot be laid out because of damage. */
  verifier: Pick<Verifier, 'watch'>
}

export class MediaFiles {
  readonly #source: Source
  readonly #layouts = new LayoutCache()

  constructor(source: Source) {
    this.#source = source
  }

  /**
   * @throws HoldfastError `recording_unknown`, `recording_deleted`, `version_unknown`, `no_media`, `export_needed`,
   * `bytes_damaged`, `store_failed`
   */
  async answer(request: FileRequest): Promise<Response> {
    const { recordingId, version, generation } = request
    const state = await this.#stateOf(recordingId, version)
    const at = state.versionGeneration ?? Math.min(generation ?? state.generation, state.generation)
    const of = await this.#takesOf(request, at)
    const laidOut = await this.#layOut(of, request.shape)
    const downloadAs = request.isDownload ? fileName(state.title, recordingId) : null
    const isPinned = version !== null || generation !== null
    return answerMedia(this.#source.chunks, laidOut, { ...request, downloadAs, isPinned })
  }

  /**
   * The file of a version as it was recorded, for those who make something from it.
   * @throws HoldfastError as `answer`
   */
  async open(recordingId: string, version: number): Promise<OpenedMedia> {
    return this.#opened(
      recordingId,
      await this.#layOut(await this.#versionOf(recordingId, version)),
    )
  }

  /**
   * The files that hold the whole of a version: one, or where takes do not go together each that plays, in their order.
   * @throws HoldfastError as `answer`
   */
  async openParts(recordingId: string, version: number): Promise<OpenedMedia[]> {
    const of = await this.#versionOf(recordingId, version)
    const whole = await this.#layOut(of)
    const takes = await this.#playable(of)
    const parts = takes.length > whole.played.length ? takes : [whole]
    return parts.map((laidOut) => this.#opened(recordingId, laidOut))
  }

  /** The name under which something of a recording is saved, without ending. */
  async nameOf(recordingId: string): Promise<string> {
    const state = await readMediaState(this.#source.db, recordingId, null)
    return fileName(state?.title ?? null, recordingId)
  }

  /** After a deletion nothing of it stays in memory; after a move nothing of where its bytes lay. */
  forget(recordingId: string): void {
    this.#layouts.forget(recordingId)
  }

  /** @throws HoldfastError `recording_unknown`, `recording_deleted`, `version_unknown` */
  async #stateOf(recordingId: string, version: number | null) {
    const state = await readMediaState(this.#source.db, recordingId, version)
    if (!state) throw new HoldfastError('recording_unknown')
    if (state.deletedAt) throw new HoldfastError('recording_deleted')
    if (version !== null && state.versionGeneration === null) {
      throw new HoldfastError('version_unknown')
    }
    return state
  }

  async #versionOf(recordingId: string, version: number): Promise<OfRecording> {
    const { versionGeneration, generation } = await this.#stateOf(recordingId, version)
    const whole = { recordingId, take: null, pauses: 'closed' } as const
    return await this.#takesOf(whole, versionGeneration ?? generation)
  }

  async #takesOf(
    { recordingId, take, pauses }: Pick<FileRequest, 'recordingId' | 'take' | 'pauses'>,
    generation: number,
  ): Promise<OfRecording> {
    const { db } = this.#source
    // What it was cannot be given any more, and anything else would be another file under its address.
    if (await holdsDamage(db, recordingId, generation)) throw new HoldfastError('bytes_damaged')
    const all = await readTakeHeads(db, recordingId)
    const heads = take === null ? all : all.filter((head) => head.take === take)
    return { recordingId, heads, generation, pauses }
  }

  #layOut(of: OfRecording, shape: Shape = 'recorded'): Promise<TakeFile> {
    return this.#source.verifier.watch(of.recordingId, () => this.#layOutAs(of, shape))
  }

  async #layOutAs(of: OfRecording, shape: Shape): Promise<TakeFile> {
    const { recordingId, heads, generation } = of
    const laidOut = await this.#played(of)
    if (laidOut.file.size === 0) throw new HoldfastError('no_media')
    const isPart = shape === 'mp4' && (await this.#playable(of)).length > laidOut.played.length
    // Takes of different codecs: what plays of them here is not the recording.
    if (isPart) throw new HoldfastError('export_needed')
    const head = heads.find((known) => known.take === laidOut.take)
    if (shape === 'recorded' || laidOut.file.container === 'mp4' || !head) return laidOut
    // Of several takes there is no MP4 over the stored bytes: one of them alone is not the recording.
    if (laidOut.played.length > 1) throw new HoldfastError('export_needed')
    return await this.#layouts.get(keyOf({ recordingId, generation, head, shape }), () =>
      layOutAsMp4(this.#source, { recordingId, head, generation }, this.#source.chunks),
    )
  }

  #opened(recordingId: string, laidOut: TakeFile): OpenedMedia {
    const { container, durationMs, tracks, keyframes, header } = laidOut.file
    const served = servedTake(this.#source.chunks, laidOut, recordingId)
    return { ...served, container, durationMs, tracks, keyframes, headBytes: header.length }
  }

  /** A take by itself, as it was recorded. */
  #alone({ recordingId, generation }: OfTakes, head: TakeHead): Promise<TakeFile> {
    return this.#layouts.get(keyOf({ recordingId, generation, head, shape: 'recorded' }), () =>
      layOutTake(this.#source, { recordingId, head, generation }),
    )
  }

  /** The takes that play by themselves; those of a recording with one take are not looked at. */
  async #playable(of: OfTakes): Promise<TakeFile[]> {
    if (of.heads.length < 2) return []
    const takes: TakeFile[] = []
    for (const head of of.heads.slice(0, MAX_JOINED)) {
      const laidOut = await this.#alone(of, head)
      if (laidOut.file.durationMs) takes.push(laidOut)
    }
    return takes
  }

  async #played(of: OfRecording): Promise<TakeFile> {
    const { recordingId, heads, generation, pauses } = of
    const make = async () => {
      const laidOut = await layOutPlayed(this.#source, of, (head) => this.#alone(of, head))
      if (!laidOut) throw new HoldfastError('no_media')
      return laidOut
    }
    // A take by itself is kept under its own key.
    if (heads.length < 2) return await make()
    const inits = heads.reduce((sum, head) => sum + initBytes(head), 0)
    return await this.#layouts.get(`${recordingId}/all/${generation}/${inits}/${pauses}`, make)
  }
}

type OfTakes = Omit<OfRecording, 'pauses'>

const initBytes = ({ init }: TakeHead): number => init?.length ?? 0
const fileName = (title: string | null, id: string): string => title ?? `recording-${id}`

type Key = { recordingId: string; head: TakeHead; generation: number; shape: Shape }

/** A take that came without a header may be given one: another file, at the same generation. */
function keyOf({ recordingId, head, generation, shape }: Key): string {
  return `${recordingId}/${head.take}/${generation}/${initBytes(head)}/${shape}`
}
