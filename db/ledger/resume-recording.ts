// PING with flag bit 0: "recording again". Revokes a FINISH that stands; otherwise changes nothing.
import type { Db } from '../client.ts'
import { lockRecording } from './lock-recording.ts'
import { revokeFinish } from './revoke-finish.ts'

/** True when a FINISH was revoked. */
export async function resumeRecording(db: Db, id: string): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const recording = await lockRecording(tx, id)
    if (!recording?.finishedAt || recording.deletedAt) return false
    await revokeFinish(tx, id)
    return true
  })
}
