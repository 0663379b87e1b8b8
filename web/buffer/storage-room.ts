// Owns the question how much room there is here. Asking to persist never blocks a recording.

/** Asks the browser not to evict what is stored here; it may ask the person. Never rejects. */
export async function askToPersist(): Promise<boolean> {
  if (!('storage' in navigator)) return false
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist())
  } catch {
    return false
  }
}

/**
 * Room for recordings on this device.
 * @param bitsPerSecond what the recorder writes; `minutes` is the time that fits
 */
export async function storageRoom(
  bitsPerSecond: number,
): Promise<{ persisted: boolean; freeBytes: number | null; minutes: number | null }> {
  if (!('storage' in navigator)) return { persisted: false, freeBytes: null, minutes: null }
  const [persisted, { quota, usage }] = await Promise.all([
    navigator.storage.persisted(),
    navigator.storage.estimate(),
  ])
  if (quota === undefined) return { persisted, freeBytes: null, minutes: null }
  const freeBytes = Math.max(0, quota - (usage ?? 0))
  return { persisted, freeBytes, minutes: (freeBytes * 8) / bitsPerSecond / 60 }
}
