// Owns what a WebM says of its own length, before anything of it is read: recorders say nothing, other tools do.

import { ID, readChildren, readFloat, readUint } from './ebml.ts'
import { MediaError } from './media-error.ts'
import { findHeader, readHeader } from './webm-header.ts'
import { DEFAULT_TIMECODE_SCALE_NS } from './webm-tracks.ts'

/** @param bytes the first of the file: 64 KiB are enough. @returns null when it does not say */
export function readWebmDuration(bytes: Uint8Array): number | null {
  try {
    const span = findHeader(bytes)
    if (!span) return null
    const { children } = readHeader(bytes.subarray(0, span.bytes))
    const info = children.find(({ id }) => id === ID.info)
    const fields = info ? [...readChildren(info.payload)] : []
    const duration = fields.find(({ id }) => id === ID.duration)
    if (!duration) return null
    const scale = fields.find(({ id }) => id === ID.timecodeScale)?.payload
    const scaleNs = scale ? readUint(scale, 0, scale.length) : DEFAULT_TIMECODE_SCALE_NS
    const ms = (readFloat(duration.payload) * scaleNs) / 1e6
    return ms > 0 && Number.isFinite(ms) ? Math.round(ms) : null
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}
