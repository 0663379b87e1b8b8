// `holdfast verify`: what is stored, or a receipt.
import { defineCommand } from 'citty'
import { onWorkbench } from '../run-command.ts'
import { type ReceiptArgs, sayReceipt, verifyReceipt } from './receipt.ts'
import { verifyStored } from './stored.ts'

export const verifyCommand = defineCommand({
  meta: {
    name: 'verify',
    description: 'Read stored chunks again and compare them; or check a receipt, without a server.',
  },
  args: {
    id: {
      type: 'positional',
      description: 'The recording; with --receipt, the one it must be of.',
      required: false,
    },
    all: { type: 'boolean', description: 'Every recording.', default: false },
    apply: {
      type: 'boolean',
      description: 'Take another copy of what is damaged, or count it as missing.',
      default: false,
    },
    receipt: { type: 'string', description: 'A receipt to check.' },
    key: {
      type: 'string',
      description: 'The public key that must have signed it: a JWK, a JWK Set, a PEM, or the key.',
    },
    media: { type: 'string', description: 'Files with one chunk each, or folders of them.' },
    data: { type: 'string', description: 'A data folder, whose segments are compared with it.' },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  async run({ args }) {
    const { receipt } = args
    if (receipt === undefined) return await onWorkbench((bench) => verifyStored(bench, args))
    await endReceipt({ ...args, receipt }, args.json)
  },
})

async function endReceipt(args: ReceiptArgs, json: boolean): Promise<void> {
  const report = await verifyReceipt(args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(2)
  })
  console.log(json ? JSON.stringify(report, null, 2) : sayReceipt(report))
  // 0 = all of it is true, 1 = not all, 2 = it could not be checked.
  process.exitCode = report.isGood ? 0 : 1
}
