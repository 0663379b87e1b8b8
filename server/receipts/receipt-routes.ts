// The calls for receipts: who may see a recording may have one; the keys to check it with are for everyone.
import { type Db, readReceiptState } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { type Context, Hono } from 'hono'
import type { Access } from '../access/access.ts'
import { credentialsOf } from '../http/request-context.ts'
import { byteStream } from '../media-file/byte-stream.ts'
import type { Log } from '../observe/log.ts'
import { knownRecording } from '../recordings/known-recording.ts'
import { type ReceiptKeys, signStatement } from './receipt-keys.ts'
import { writeReceipt } from './write-receipt.ts'

export type ReceiptDeps = {
  readonly db: Db
  readonly access: Access
  readonly receiptKeys: ReceiptKeys
  readonly log: Log
}

export function receiptRoutes(deps: ReceiptDeps): Hono {
  return new Hono()
    .get('/recordings/:id/receipt', (c) => serveReceipt(deps, c))
    .get('/receipt-keys', async (c) => c.json(await deps.receiptKeys.published()))
    .post('/receipt-keys', (c) => rotate(deps, c))
}

async function serveReceipt(deps: ReceiptDeps, c: Context): Promise<Response> {
  const { db, access, receiptKeys, log } = deps
  const known = await knownRecording(db, c.req.param('id'))
  access.viewer(credentialsOf(c), known)
  const state = known.deletedAt ? null : await readReceiptState(db, known.id)
  if (!state || state.row.deletedAt) throw new HoldfastError('recording_deleted')
  const key = await receiptKeys.current()
  const sign = (statement: string) => signStatement(key, statement)
  const onFault = (error: unknown) =>
    log.warn({ recordingId: known.id, error }, 'a receipt broke off; it has no signature')
  const headers = {
    'Content-Type': 'application/json',
    'Content-Disposition': `attachment; filename="receipt-${known.id}.json"`,
    'Cache-Control': 'private, no-cache',
  }
  return c.body(byteStream(writeReceipt({ db, sign }, state), { onFault }), 200, headers)
}

async function rotate({ access, receiptKeys, log }: ReceiptDeps, c: Context): Promise<Response> {
  access.requireAdmin(credentialsOf(c))
  const keyId = await receiptKeys.rotate()
  log.info({ keyId }, 'receipts are signed with a new key')
  return c.json(await receiptKeys.published(), 201)
}
