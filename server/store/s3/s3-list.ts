// What lies in a bucket, and how it goes. Never trusts one look: a store may list a page, and what was deleted, late.
import type { S3Client } from './s3-client.ts'
import { elementsOf, isStatus, S3Error, textOf } from './s3-error.ts'

export type Listed = { readonly key: string; readonly bytes: number }

/** Deletions at once. */
const DELETES = 16
/** Looks until nothing is left. */
const MAX_LOOKS = 20

/** Every object whose key begins so, by key. */
export async function* listObjects(
  client: S3Client,
  prefix: string,
  limit?: number,
): AsyncGenerator<Listed, void, undefined> {
  const more = { prefix, ...(limit && { 'max-keys': String(limit) }) }
  for await (const page of pages(client, { 'list-type': '2', ...more })) {
    for (const found of elementsOf(page, 'Contents')) {
      yield { key: textOf(found, 'Key') ?? '', bytes: Number(textOf(found, 'Size')) }
    }
    if (limit !== undefined) return
  }
}

/** The next level below a prefix that ends with a slash: `a/` → `a/b/`, `a/c/`. */
export async function* listFolders(
  client: S3Client,
  prefix: string,
): AsyncGenerator<string, void, undefined> {
  for await (const page of pages(client, { 'list-type': '2', prefix, delimiter: '/' })) {
    for (const found of elementsOf(page, 'CommonPrefixes')) yield textOf(found, 'Prefix') ?? ''
  }
}

export async function deleteObject(client: S3Client, key: string): Promise<void> {
  await client.send({ method: 'DELETE', key })
}

/** Resolves when no object and no unfinished upload begins so any more. */
export async function deleteAll(client: S3Client, prefix: string): Promise<{ bytes: number }> {
  let bytes = 0
  await abortUploads(client, prefix)
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const found = await Array.fromAsync(listObjects(client, prefix))
    if (found.length === 0) return { bytes }
    const left = found.values()
    const worker = async () => {
      for (const { key } of left) await deleteObject(client, key)
    }
    await Promise.all(Array.from({ length: DELETES }, worker))
    bytes += found.reduce((sum, one) => sum + one.bytes, 0)
  }
  throw new S3Error({ status: 0, code: 'StillThere', message: 'What was deleted is still listed.' })
}

export type Upload = { readonly key: string; readonly uploadId: string }

/** Uploads that are neither complete nor given up, a thousand of them at most. */
export async function listUploads(client: S3Client, prefix: string): Promise<Upload[]> {
  const ask = { method: 'GET', key: '', query: { uploads: '', prefix } } as const
  const page = new TextDecoder().decode((await client.send(ask)).body)
  return elementsOf(page, 'Upload').map((upload) => ({
    key: textOf(upload, 'Key') ?? '',
    uploadId: textOf(upload, 'UploadId') ?? '',
  }))
}

export async function abortUpload(client: S3Client, { key, uploadId }: Upload): Promise<void> {
  try {
    await client.send({ method: 'DELETE', key, query: { uploadId } })
  } catch (error) {
    // Somebody else was quicker, or it was completed.
    if (!isStatus(error, 404)) throw error
  }
}

/** Parts that were uploaded lie there, unseen by lists of objects, until their upload is given up. */
async function abortUploads(client: S3Client, prefix: string): Promise<void> {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const uploads = await listUploads(client, prefix)
    if (uploads.length === 0) return
    for (const upload of uploads) await abortUpload(client, upload)
  }
}

async function* pages(
  client: S3Client,
  query: Record<string, string>,
): AsyncGenerator<string, void, undefined> {
  for (let token: string | null = null; ; ) {
    const next = token === null ? {} : { 'continuation-token': token }
    const { body } = await client.send({ method: 'GET', key: '', query: { ...query, ...next } })
    const page = new TextDecoder().decode(body)
    yield page
    if (textOf(page, 'IsTruncated') !== 'true') return
    token = textOf(page, 'NextContinuationToken')
    if (token === null) throw new S3Error({ status: 0, code: 'NoToken' })
  }
}
