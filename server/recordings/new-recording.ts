// POST /api/recordings: makes a recording, or recognises the one that this call made before (protocol §3).
// The token goes back to its maker once and is kept as a hash only.
import { createHash } from 'node:crypto'
import { createRecording, type Db, type NewRecording } from '@holdfast/db'
import { HoldfastError, isToken, LIMITS, newToken, recordingId } from '@holdfast/protocol'
import { uuidv7 } from 'uuidv7'
import * as v from 'valibot'
import { checkInput } from '../http/json-body.ts'
import type { NotifyConfig } from '../notify/notify-settings.ts'
import { checkWebhookUrl } from '../notify/public-address.ts'
import { isStorable } from './storable-text.ts'

const MAX_CONTACT_CHARS = 2000

const text = (maxChars: number) =>
  v.pipe(v.string(), v.maxLength(maxChars, `must have at most ${maxChars} characters`))

const metadata = v.pipe(
  v.record(v.string(), v.unknown()),
  v.check(
    (value) => Buffer.byteLength(JSON.stringify(value)) <= LIMITS.maxMetadataBytes,
    `must have at most ${LIMITS.maxMetadataBytes} bytes`,
  ),
)

export const NewRecordingBody = v.pipe(
  v.object({
    id: v.nullish(recordingId),
    token: v.nullish(v.custom<string>(isToken, 'must be 22 to 256 base64url characters')),
    title: v.nullish(text(LIMITS.maxTitleChars)),
    metadata: v.nullish(metadata),
    group: v.nullish(text(LIMITS.maxGroupChars)),
    tokenMayDelete: v.nullish(v.boolean('must be true or false')),
    notify: v.nullish(
      v.object({
        email: v.exactOptional(
          v.pipe(text(MAX_CONTACT_CHARS), v.email('must be an e-mail address')),
        ),
        webhook: v.exactOptional(v.pipe(text(MAX_CONTACT_CHARS), v.url('must be a URL'))),
      }),
    ),
  }),
  v.check(
    (value) => isStorable(value),
    'must not hold the character U+0000 or half a surrogate pair',
  ),
)

export type MadeRecording = { id: string; token: string; isNew: boolean }

type NotifyDefaults = Pick<NotifyConfig, 'byDefault' | 'webhookHosts'>

/** @throws HoldfastError `bad_request`, `webhook_refused`, `recording_exists`, `recording_deleted` */
export async function makeRecording(
  db: Db,
  body: unknown,
  { owner, notify }: { owner: string | null; notify: NotifyDefaults },
): Promise<MadeRecording> {
  const input = checkInput(NewRecordingBody, body)
  if (input.notify?.webhook) checkWebhookUrl(input.notify.webhook, notify.webhookHosts)
  const id = input.id ?? uuidv7()
  const token = input.token ?? newToken()
  const values: NewRecording = {
    id,
    tokenHash: createHash('sha256').update(token).digest(),
    title: input.title ?? null,
    metadata: input.metadata ?? null,
    groupId: input.group ?? null,
    tokenMayDelete: input.tokenMayDelete ?? false,
    notify: input.notify ?? notify.byDefault,
    owner,
  }
  const outcome = await createRecording(db, values)
  if (outcome === 'taken') throw new HoldfastError('recording_exists')
  if (outcome === 'deleted') throw new HoldfastError('recording_deleted')
  return { id, token, isNew: outcome === 'created' }
}
