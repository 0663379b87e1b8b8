// The length that is said of a recording: of all that is on the server, or nothing where that is not known.
import { isOneFile } from '../library/parts.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { current } from './phase.ts'
import type { UploadView } from './upload-view.ts'
import { others } from './uploads.ts'

function uploadOf(id: string): UploadView | null {
  if (current.value?.upload.id === id) return current.value
  return others.value.find(({ upload }) => upload.id === id) ?? null
}

/** While it grows: what this page's own upload has acknowledged, or what the server was told. */
export function shownLengthMs(info: RecordingInfo): number | null {
  if (info.status !== 'recording') return isOneFile(info) ? info.durationMs : null
  const own = uploadOf(info.id)
  if (own) return own.progress.value.ackedMs
  // The list alone speaks of the last version.
  return info.takes ? info.durationMs : null
}
