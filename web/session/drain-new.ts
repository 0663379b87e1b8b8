// Owns the sending of what was just stored whole: owned from before its first byte lies here, so that nobody else takes it for
// left behind.
import { ifFree } from './ownership.ts'
import type { DrainOptions, Upload } from './recording.ts'
import { refusal } from './refusal.ts'
import { senderCode } from './sender-code.ts'

/**
 * Stores something new with `store`, which waits for nothing, and sends it as whatever else is unsent.
 * @throws what `store` throws
 * @throws HoldfastError `unavailable` when somebody makes or sends one of this id
 */
export async function drainNew(
  id: string,
  options: DrainOptions,
  store: () => Promise<void>,
): Promise<Upload> {
  const begun = Promise.withResolvers<Upload>()
  const work = async () => {
    await store()
    const { drainOwned } = await senderCode()
    const upload = await drainOwned(id, options)
    if (!upload) throw new DOMException('Nothing was stored.', 'NotFoundError')
    begun.resolve(upload)
    await upload.finished
  }
  const own = async () => {
    if (!(await ifFree(id, work))) throw refusal('unavailable', 'This id is in use elsewhere.')
  }
  void own().catch(begun.reject)
  return await begun.promise
}
