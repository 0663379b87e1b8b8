// `holdfast verify --receipt FILE`: a receipt is checked offline, against a key, and against bytes where they are at hand.
import { readRecordingId } from '@holdfast/protocol'
import { ChunkFiles, SegmentBytes } from '../receipt/bytes-at-hand.ts'
import { checkReceipt, type ReceiptReport } from '../receipt/check-receipt.ts'
import { readTrustedKeys } from '../receipt/public-keys.ts'

export type ReceiptArgs = {
  receipt: string
  key?: string | undefined
  media?: string | undefined
  data?: string | undefined
  /** A recording’s id, and more files for `media`. */
  _: string[]
}

export async function verifyReceipt({
  receipt,
  key,
  media,
  data,
  _,
}: ReceiptArgs): Promise<ReceiptReport> {
  const ids = _.flatMap((text) => readRecordingId(text) ?? [])
  const files = [...(media ? [media] : []), ..._.filter((text) => readRecordingId(text) === null)]
  const bytesOf = async (recordingId: string) =>
    data ? await SegmentBytes.read(data, recordingId) : await ChunkFiles.read(files)
  return await checkReceipt({
    path: receipt,
    keys: key ? await readTrustedKeys(key) : null,
    recordingId: ids[0] ?? null,
    bytesOf: data || files.length > 0 ? bytesOf : null,
  })
}

export function sayReceipt({ isGood, told, faults }: ReceiptReport): string {
  const wrong = faults.map((fault) => `wrong: ${fault}`)
  return [...told, ...wrong, isGood ? 'The receipt holds.' : 'The receipt does not hold.'].join(
    '\n',
  )
}
