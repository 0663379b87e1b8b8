// Owns the bound on waiting for the browser: an IndexedDB that hangs must not hold up a recording.

/** @throws DOMException `TimeoutError` when `work` takes longer; `work` itself goes on */
export async function atMost<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const handle = setTimeout(() => reject(new DOMException('Too slow.', 'TimeoutError')), limitMs)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(handle)
  }
}
