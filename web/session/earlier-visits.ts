// Owns the door to what earlier visits left on this device. What does it is a part of the sender, which may still be on its way;
// where nothing lies nobody waits for that.
import { listIds } from '../buffer/local-buffer.ts'
import type { DrainOptions, OnDevice, Unsent, Upload } from './recording.ts'
import { senderCode, senderCodeNow } from './sender-code.ts'

/**
 * Sends every unsent recording that no live tab owns, without a click. The service worker makes way; those
 * that a tab owns are looked at again when they are free. Resolves with those found at once. One that cannot
 * be read holds up no other: `onUnreadable` is told, or else `reportError`.
 */
export async function drainUnsent(options: DrainOptions = {}): Promise<Upload[]> {
  if ((await listIds()).length === 0) return []
  return await (await senderCode()).drainUnsent(options)
}

/** Unsent recordings on this device that no tab is making or sending. Newest first. */
export async function listUnsent(options: { server?: string } = {}): Promise<Unsent[]> {
  if ((await listIds()).length === 0) return []
  return await (await senderCodeNow()).listUnsent(options)
}

/** What this device knows of it, whoever makes or sends it; null when nothing of it is here. */
export async function lookOnDevice(id: string): Promise<OnDevice | null> {
  if (!(await listIds()).includes(id)) return null
  return await (await senderCodeNow()).lookOnDevice(id)
}

/**
 * What of it is still on this device, one file for each take of which something is here: playable when nothing of
 * the take was acked yet, else the rest. A file that was added is here as a whole until the last of it is acked.
 */
export async function readUnsent(id: string): Promise<Blob[]> {
  return await (await senderCodeNow()).readUnsent(id)
}

/**
 * Deletes the local copy for good: the one way by which an unacknowledged chunk is ever deleted here.
 * @throws HoldfastError `unavailable` while another tab makes or sends it
 * @throws DOMException when the browser cannot delete now
 */
export async function deleteUnsent(id: string): Promise<void> {
  await (await senderCodeNow()).deleteUnsent(id)
}
