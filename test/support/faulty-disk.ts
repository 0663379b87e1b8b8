// A disk that fails, stalls or writes short when a test says so; everything else goes to the real one. It also
// counts, so that a test can say how many syncs an append cost and which file was touched after a failure.
import { type AppendFile, type Disk, nodeDisk } from '../../server/store/disk.ts'

export type DiskCall = { readonly op: string; readonly path: string }

const ioError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

export class FaultyDisk implements Disk {
  readonly calls: DiskCall[] = []
  /** The next calls of these kinds fail with these codes, each once. */
  readonly #failures: { op: string; code: string }[] = []
  /** At most so many bytes per write. */
  maxWriteBytes = Number.POSITIVE_INFINITY
  freeBytes = 1e12
  totalBytes = 2e12
  openFiles = 0
  #stalled: Promise<void> | null = null
  #stalledOp: string | null = null
  #goOn: () => void = () => undefined

  failNext(op: string, code: string): void {
    this.#failures.push({ op, code })
  }

  /** What changes the disk hangs until `resume`; with `op`, only that call does. */
  stall(op: string | null = null): void {
    this.#stalledOp = op
    this.#stalled = new Promise((resolve) => {
      this.#goOn = resolve
    })
  }

  resume(): void {
    this.#stalled = null
    this.#goOn()
  }

  count(op: string): number {
    return this.calls.filter((call) => call.op === op).length
  }

  /** What was done to paths that contain `part`. */
  callsOn(part: string): string[] {
    return this.calls.filter((call) => call.path.includes(part)).map((call) => call.op)
  }

  async #meet(op: string, path: string): Promise<void> {
    this.calls.push({ op, path })
    if (this.#stalled && this.#isStalled(op)) await this.#stalled
    const index = this.#failures.findIndex((failure) => failure.op === op)
    const [failure] = index < 0 ? [] : this.#failures.splice(index, 1)
    if (failure) throw ioError(failure.code)
  }

  #isStalled(op: string): boolean {
    return this.#stalledOp === null ? op !== 'space' : op === this.#stalledOp
  }

  async create(path: string): Promise<AppendFile> {
    await this.#meet('create', path)
    const file = await nodeDisk.create(path)
    this.openFiles += 1
    const act = async <T>(op: string, real: () => Promise<T>): Promise<T> => {
      await this.#meet(op, path)
      return real()
    }
    return {
      writev: (parts) => act('writev', () => file.writev(this.#cut(parts))),
      datasync: () => act('datasync', () => file.datasync()),
      sync: () => act('sync', () => file.sync()),
      close: () => {
        this.openFiles -= 1
        return act('close', () => file.close())
      },
    }
  }

  #cut(parts: Uint8Array[]): Uint8Array[] {
    let left = this.maxWriteBytes
    return parts.flatMap((part) => {
      const piece = part.subarray(0, left)
      left -= piece.length
      return piece.length > 0 ? [piece] : []
    })
  }

  async makeDirectory(path: string): Promise<void> {
    await this.#meet('makeDirectory', path)
    await nodeDisk.makeDirectory(path)
  }

  async syncDirectory(path: string): Promise<void> {
    await this.#meet('syncDirectory', path)
    await nodeDisk.syncDirectory(path)
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#meet('rename', to)
    await nodeDisk.rename(from, to)
  }

  async remove(path: string): Promise<void> {
    await this.#meet('remove', path)
    await nodeDisk.remove(path)
  }

  async space(path: string): Promise<{ freeBytes: number; totalBytes: number }> {
    await this.#meet('space', path)
    return { freeBytes: this.freeBytes, totalBytes: this.totalBytes }
  }
}
