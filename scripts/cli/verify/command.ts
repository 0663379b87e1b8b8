// `holdfast verify`: what it is called with, and what it says.
import { readRecordingId } from '@holdfast/protocol'
import { defineCommand } from 'citty'
import { ChunkFiles, SegmentBytes } from '../receipt/bytes-at-hand.ts'
import { checkReceipt, type ReceiptReport } from '../receipt/check-receipt.ts'
import { readTrustedKeys } from '../receipt/public-keys.ts'

type ReceiptArgs = {
  receipt: string
  key?: string | undefined
  media?: string | undefined
  data?: string | undefined
  /** A recording’s id, and more files for `media`. */
  _: string[]
}

export const verifyCommand = defineCommand({
  meta: { name: 'verify', description: 'Check a receipt, without a server.' },
  args: {
    id: {
      type: 'positional',
      description: 'The recording that the receipt must be of.',
      required: false,
    },
    receipt: { type: 'string', description: 'A receipt to check.', required: true },
    key: {
      type: 'string',
      description: 'The public key that must have signed it: a JWK, a JWK Set, a PEM, or the key.',
    },
    media: { type: 'string', description: 'Files with one chunk each, or folders of them.' },
    data: { type: 'string', description: 'A data folder, whose segments are compared with it.' },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  async run({ args }) {
    const report = await verifyReceipt(args).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error))
      process.exit(2)
    })
    console.log(args.json ? JSON.stringify(report, null, 2) : say(report))
    // 0 = all of it is true, 1 = not all, 2 = it could not be checked.
    process.exitCode = report.isGood ? 0 : 1
  },
})

async function verifyReceipt({
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

function say({ isGood, told, faults }: ReceiptReport): string {
  const wrong = faults.map((fault) => `wrong: ${fault}`)
  return [...told, ...wrong, isGood ? 'The receipt holds.' : 'The receipt does not hold.'].join(
    '\n',
  )
}
