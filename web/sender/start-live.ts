// Owns the beginning of the sending of what a page records, also long after the recording began. What earlier pages left of
// the recording is looked at again then: whoever owned it until now may have sent of it.
import { putRecording, readRecording, type StoredRecording } from '../buffer/local-buffer.ts'
import { atMost } from '../session/bounded.ts'
import type { BufferedUpload } from '../session/buffered-upload.ts'
import { pageRungs } from '../transport/rungs.ts'
import { pageTimer } from './page-timer.ts'
import { Sending } from './sending.ts'
import { gone, storedTakes } from './stored-setup.ts'

const READ_LIMIT_MS = 3_000

export type EarlierPages = {
  /** What they had left when this page began. */
  readonly before: StoredRecording
  /** When the takes of this page began: they are not of earlier pages. */
  readonly own: ReadonlySet<string>
}

/** Call it while owning the recording. @param earlier null for a new one */
export async function startLive(
  upload: BufferedUpload,
  earlier: EarlierPages | null,
): Promise<void> {
  const left = earlier ? await stillStored(upload, earlier) : null
  const takes = left ? storedTakes(left) : []
  upload.attach(new Sending(upload, { mode: 'live', rungs: pageRungs(), takes }, pageTimer()))
}

async function stillStored(
  upload: BufferedUpload,
  { before, own }: EarlierPages,
): Promise<StoredRecording> {
  const left = await leftOf(before, own)
  for (const { take, seq } of gone(before, left)) upload.becomeAcked(take, seq)
  for (const take of left.takes) upload.copy.restoreTake(take)
  upload.meter.addStored(left)
  return left
}

/** Takes and chunks that came to light meanwhile are in it. As it was when the buffer does not answer. */
async function leftOf(before: StoredRecording, own: ReadonlySet<string>): Promise<StoredRecording> {
  try {
    const { row } = before
    const now = await atMost(READ_LIMIT_MS, readRecording(row.id))
    if (!now) {
      // The file was final, and everything of it was forgotten: what is recorded on needs its row again.
      await atMost(READ_LIMIT_MS, putRecording({ ...row, ended: null }))
      return { ...before, pending: new Map() }
    }
    const takes = now.takes.filter(({ startedAt }) => !own.has(startedAt))
    const isTheirs = (take: number) => takes.some((one) => one.take === take)
    return {
      row: now.row,
      takes,
      pending: new Map([...now.pending].filter(([take]) => isTheirs(take))),
      refused: now.refused.filter(({ take }) => isTheirs(take)),
    }
  } catch {
    return before
  }
}
