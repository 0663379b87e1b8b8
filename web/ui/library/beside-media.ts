// Addresses of what else there is of a recording, with the right of its signed one. Of the dialogs only: the list does without.
import type { RecordingInfo } from './recordings-client.ts'

type Signed = Pick<RecordingInfo, 'id' | 'mediaUrl'>

/** null before its start. */
function besideMedia({ id, mediaUrl }: Signed, name: string): string | null {
  const access = mediaUrl && new URL(mediaUrl, location.href).searchParams.get('access')
  return (
    access &&
    `/api/recordings/${encodeURIComponent(id)}/${name}?access=${encodeURIComponent(access)}`
  )
}

/** Where the recording can be followed while it is made. */
export const liveUrl = (info: Signed): string | null => besideMedia(info, 'live')

/** What the server received of it, signed. */
export const receiptUrl = (info: Signed): string | null => besideMedia(info, 'receipt')
