// Owns the sending of one recording: whatever the machine says becomes of it is told to the upload that the app sees.
// It never says `safe` before the stop and every chunk are acknowledged, nor when one never will be.
import { type ErrorCode, HoldfastError } from '@holdfast/protocol'
import type { BufferedUpload } from '../session/buffered-upload.ts'
import type { LastWords } from '../session/hand-over.ts'
import type { ReadyEvent, TakeChunks } from '../session/recording.ts'
import type { Sender } from '../session/sender.ts'
import { OPENERS } from '../transport/rungs.ts'
import { chunkPlaces } from './chunk-places.ts'
import { sayFarewell } from './farewell.ts'
import { isSame, viewLink } from './link-view.ts'
import { StoredSource } from './stored-source.ts'
import type { Timer } from './timer.ts'
import { type Told, UploadDriver } from './upload-driver.ts'
import { uploadError } from './upload-error.ts'
import type { Uploader, UploaderEvent, UploaderSetup } from './uploader-state.ts'

export class Sending implements Sender {
  readonly #upload: BufferedUpload
  readonly #source: StoredSource
  readonly #driver: UploadDriver

  /** Nothing is sent before the first event; whoever makes it owns the recording. */
  constructor(upload: BufferedUpload, setup: Omit<UploaderSetup, 'created'>, timer: Timer) {
    const { row } = upload.copy
    this.#upload = upload
    this.#source = new StoredSource(upload.copy)
    this.#driver = new UploadDriver({
      endpoint: row,
      setup: { ...setup, created: row.created },
      openers: OPENERS,
      source: this.#source,
      timer,
      onStep: (state, told) => this.#follow(state, told),
    })
  }

  get chunks(): readonly TakeChunks[] {
    return chunkPlaces(this.#driver.state)
  }

  get isRefused(): boolean {
    return this.#driver.state.link.at === 'halted'
  }

  get maxChunkBytes(): number {
    return this.#driver.state.limits.maxChunkBytes
  }

  dispatch(event: UploaderEvent): void {
    this.#driver.dispatch(event)
  }

  saveEdits(): void {
    void this.#source.saveEdits()
  }

  sayFarewell(words: LastWords, hasHeir: boolean): void {
    const { takes } = this.#driver.state
    const isAnnounced = (take: number) =>
      takes.some((one) => one.take === take && one.announced === 'acked')
    sayFarewell(words, { hasHeir, isAnnounced })
  }

  end(): void {
    this.#driver.end()
  }

  #follow(state: Uploader, told: readonly Told[]): void {
    const connection = viewLink(state)
    if (!isSame(connection, this.#upload.connection)) this.#upload.setConnection(connection)
    for (const one of told) {
      if (one.type === 'forget') this.#upload.becomeAcked(one.take, one.seq)
      else if (one.type === 'setAside') this.#becomeSetAside(one)
      else if (one.type === 'missing') this.#upload.emit('missing', one.missing)
      else if (one.type === 'error') this.#becomeTroubled(one)
      else if (one.type === 'safe') this.#upload.becomeSafe()
      else if (one.type === 'partial') this.#upload.becomePartial(one.chunks)
      else this.#becomeReady(one.ready)
    }
    if (state.link.at === 'halted') this.#becomeRefused(state.link.code)
  }

  #becomeTroubled({ code, retry }: Extract<Told, { type: 'error' }>): void {
    const error = uploadError(code, retry)
    if (!retry) this.#upload.noteLoss(error)
    this.#upload.tellError(error)
  }

  #becomeSetAside({ take, seq, code }: Extract<Told, { type: 'setAside' }>): void {
    if (code === 'chunk_lost') this.#upload.meter.lost(take, seq)
  }

  #becomeReady(ready: ReadyEvent | 'empty'): void {
    void this.#source.discardOnceSaved()
    const isPartial = this.#upload.state === 'partial'
    if (ready !== 'empty') {
      if (!isPartial) this.#upload.setState('ready')
      this.#upload.emit('ready', ready)
    } else if (!isPartial) {
      this.#upload.tellError(uploadError('no_media', false))
      this.#upload.setState('failed')
    }
    this.#upload.end()
  }

  #becomeRefused(code: ErrorCode): void {
    this.#upload.settle(new HoldfastError(code))
    // A refusal ends the sending, never what a person records.
    if (!this.#upload.isCapturing) this.#upload.setState('failed')
    this.#upload.end()
  }
}
