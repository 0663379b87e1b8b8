// What jobs make from a recording lies beside its segments, so that it goes with it: `made-<job>-<epoch>.<ending>`. It can be
// made again, so nothing here keeps a promise but one: under its final name a file is whole and durable. So is a part that a
// long job finishes on its way, `kept-<job>-<epoch>-<what its maker called it>`: the next attempt goes on with it.
import { HoldfastError } from '@holdfast/protocol'

/** One attempt at a job: the epoch of its lease keeps a dead worker's files apart from those of the next. */
export type Attempt = { readonly recordingId: string; readonly id: number; readonly epoch: number }

export type KeptFile = { readonly name: string; readonly bytes: number }

export interface MadeFiles {
  /** Whether the disk on which attempts work is below its reserve. Never rejects. */
  isDiskLow(): Promise<boolean>
  /**
   * An empty folder for this attempt; what earlier ones left is removed, except these files.
   * @throws HoldfastError `recording_deleted` when nothing of the recording is stored, `store_failed`
   */
  begin(attempt: Attempt, except?: readonly string[]): Promise<string>
  /** Gives a file of the attempt's folder its final name; durable when it resolves. */
  keep(attempt: Attempt, file: string): Promise<KeptFile>
  /** The same for a part of what is made; the attempt goes on. */
  keepPart(attempt: Attempt, file: string): Promise<KeptFile>
  /** Removes the attempt's folder and what is in it. */
  end(attempt: Attempt): Promise<void>
  /** Removes everything that attempts at a job left, made or half made, except these files. */
  forget(job: Omit<Attempt, 'epoch'>, except?: readonly string[]): Promise<void>
  /** Removes one file. */
  drop(recordingId: string, name: string): Promise<void>
  /** Bytes of a made file; null when it is not there. */
  size(recordingId: string, name: string): Promise<number | null>
  /** Bytes [from, to) in pieces of bounded size. Ending it early gives up what is being read. */
  stream(
    recordingId: string,
    name: string,
    range: { from: number; to: number },
  ): AsyncGenerator<Uint8Array<ArrayBuffer>>
}

const MADE = /^made-(\d{1,15})-(\d{1,15})\.[a-z0-9]{1,8}$/
const KEPT = /^kept-(\d{1,15})-(\d{1,15})-[a-z0-9-]{1,40}\.[a-z0-9]{1,8}$/
const MAKING = /^making-(\d{1,15})-(\d{1,15})$/

/** @param file what its maker called it: only the ending stays */
export const madeName = ({ id, epoch }: Attempt, file: string): string =>
  `made-${id}-${epoch}.${file.split('.').at(-1)}`

export const partName = ({ id, epoch }: Attempt, file: string): string =>
  `kept-${id}-${epoch}-${file}`

/** The job that a file or folder of a recording belongs to; NaN for everything else. */
export const jobOf = (name: string): number =>
  Number((MADE.exec(name) ?? KEPT.exec(name) ?? MAKING.exec(name))?.[1])

/** @throws HoldfastError `store_failed` for a name that cannot have been made here */
export function checkMadeName(name: string): string {
  if (MADE.test(name) || KEPT.test(name)) return name
  throw new HoldfastError('store_failed', { message: 'Not a made file.' })
}
