// One object under a key that is used once (R12): a PUT that succeeds only where nothing lies, with the digest of its bytes.
// After an unknown result the same PUT goes again; then what lies there is what it brought, or somebody else's.
import { createHash } from 'node:crypto'
import type { S3Client, Tries } from './s3-client.ts'
import { isStatus } from './s3-error.ts'

type Body = Uint8Array<ArrayBuffer>

/**
 * `stored`: exactly these bytes lie there. `taken`: others do, and they were not touched.
 * @throws S3Error when it is not known what lies there, or nothing does
 */
export async function putNew(
  client: S3Client,
  key: string,
  body: Body,
): Promise<'stored' | 'taken'> {
  const sha256 = createHash('sha256').update(body).digest()
  const headers = { 'if-none-match': '*', 'x-amz-checksum-sha256': sha256.toString('base64') }
  try {
    await client.send({ method: 'PUT', key, headers, body, sha256 })
    return 'stored'
  } catch (error) {
    if (!isStatus(error, 412)) throw error
    return (await isSame(client, key, { body, sha256 })) ? 'stored' : 'taken'
  }
}

/** Puts these bytes, whatever lies there: for keys that name their content, and for what nobody needs. */
export async function putAnyway(
  client: S3Client,
  key: string,
  body: Body,
  tries: Partial<Tries> = {},
): Promise<void> {
  const sha256 = createHash('sha256').update(body).digest()
  const headers = { 'x-amz-checksum-sha256': sha256.toString('base64') }
  await client.send({ method: 'PUT', key, headers, body, sha256, tries })
}

async function isSame(
  client: S3Client,
  key: string,
  { body, sha256 }: { body: Body; sha256: Buffer },
): Promise<boolean> {
  const head = { 'x-amz-checksum-mode': 'ENABLED' }
  const { headers } = await client.send({ method: 'HEAD', key, headers: head })
  if (Number(headers.get('content-length')) !== body.length) return false
  const checksum = headers.get('x-amz-checksum-sha256')
  if (checksum !== null) return checksum === sha256.toString('base64')
  // Stores that do not tell it have the bytes.
  const stored = await client.send({ method: 'GET', key })
  return createHash('sha256').update(stored.body).digest().equals(sha256)
}
