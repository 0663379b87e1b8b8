// Owns the part of cutting that only MP4 needs: fetched before a recorder that may write it begins, never in the middle. Where
// it is not to be had the take is cut by size, which changes nothing in the final file.
import type { BoundarySource } from '@holdfast/media'
import { atMost } from '../session/bounded.ts'

/** Capture does not wait longer for it. */
const FETCH_LIMIT_MS = 3_000

let open: (() => BoundarySource) | undefined

/** @param mimeType what the recorder is asked for; undefined = it decides. Never rejects */
export async function prepareCutting(mimeType: string | undefined): Promise<void> {
  if (open || (mimeType !== undefined && !mimeType.includes('mp4'))) return
  try {
    const code = await atMost(FETCH_LIMIT_MS, import('./mp4-boundaries.ts'))
    open = code.openMp4Boundaries
  } catch (error) {
    console.info('MP4 is cut by size: its part of the recorder was not to be had', error)
  }
}

/** Who finds the places to cut an MP4 at, if that was fetched. */
export const mp4Cutting = (): (() => BoundarySource) | undefined => open
