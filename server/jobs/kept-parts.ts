// The parts of a long job: each is finished once, however often its worker dies. A part counts when its file is durable and
// the job's row names it; what is finished is not made again.
import { type Db, type JobClaim, keepJobPart } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import type { KeptFile, MadeFiles } from '../store/made-files.ts'
import { LOST } from './lane.ts'

export type PartsDeps = {
  readonly db: Db
  readonly files: MadeFiles
  /** All parts of a job together may have so many bytes, as what is made from them. */
  readonly maxBytes: number
}

/** All of a part's bytes, from wherever it lies. */
export type ReadPart = () => AsyncIterable<Uint8Array>

export class KeptParts {
  readonly #deps: PartsDeps
  readonly #claim: JobClaim
  #bytes = 0
  #hasFinished = false

  constructor(deps: PartsDeps, claim: JobClaim) {
    this.#deps = deps
    this.#claim = claim
  }

  /** Whether this attempt finished any: then it was not in vain. */
  get hasFinished(): boolean {
    return this.#hasFinished
  }

  /**
   * A part, which `make` writes into the attempt's folder unless an attempt before this one did.
   * @param percent how far the job is with it
   * @throws HoldfastError `job_limit`; `LOST`; what `make` throws
   */
  async once(name: string, percent: number, make: () => Promise<void>): Promise<ReadPart> {
    const { files } = this.#deps
    const { recordingId, kept } = this.#claim
    const known = kept[name]
    const bytes = known === undefined ? null : await files.size(recordingId, known)
    if (known === undefined || bytes === null) return await this.#finish(name, percent, make)
    return this.#taken({ name: known, bytes })
  }

  async #finish(name: string, percent: number, make: () => Promise<void>): Promise<ReadPart> {
    const { db, files } = this.#deps
    const { recordingId } = this.#claim
    await make()
    const part = await files.keepPart(this.#claim, name)
    const read = this.#taken(part)
    if (!(await keepJobPart(db, this.#claim, { name, file: part.name, percent }))) {
      await files.drop(recordingId, part.name)
      throw LOST
    }
    this.#hasFinished = true
    return read
  }

  #taken({ name, bytes }: KeptFile): ReadPart {
    const { files, maxBytes } = this.#deps
    this.#bytes += bytes
    if (this.#bytes > maxBytes) {
      const message = `Its parts have more than ${maxBytes} bytes.`
      throw new HoldfastError('job_limit', { message })
    }
    return () => files.stream(this.#claim.recordingId, name, { from: 0, to: bytes })
  }
}
