// The length that is said of a recording: of all that is on the server, or nothing where that is not known.
import { isOneFile } from '../library/parts.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { current } from './phase.ts'
import { partsOf } from './upload-view.ts'
import { others } from './uploads.ts'

/** Of an upload of this page; null when none of its own is that recording. */
function ackedMsOf(id: string): number | null {
  const views = current.value ? [current.value, ...others.value] : others.value
  for (const { upload, progress } of views) {
    const part = partsOf(upload).find((one) => one.id === id)
    // The signal is read so that the length is shown anew as it grows.
    if (part) return progress.value && part.progress.ackedMs
  }
  return null
}

/** While it grows: what this page's own upload has acknowledged, or what the server was told. */
export function shownLengthMs(info: RecordingInfo): number | null {
  if (info.status !== 'recording') return isOneFile(info) ? info.durationMs : null
  const own = ackedMsOf(info.id)
  if (own !== null) return own
  // The list alone speaks of the last version.
  return info.takes ? info.durationMs : null
}
