// The Content-Type of a file, and the ending of its name. What a client called its bytes is a claim: only
// audio and video get through, so that nothing stored here is ever shown as a document.
import type { TakeFile } from './take-file.ts'

const RECORDED = /^(video|audio)\/[\w.+-]+/

/** The types of the containers that are read here. */
const READ: Readonly<Record<string, { container: 'webm' | 'mp4'; ending: string }>> = {
  'video/webm': { container: 'webm', ending: 'webm' },
  'audio/webm': { container: 'webm', ending: 'webm' },
  'video/x-matroska': { container: 'webm', ending: 'mkv' },
  'audio/x-matroska': { container: 'webm', ending: 'mka' },
  'video/matroska': { container: 'webm', ending: 'mkv' },
  'audio/matroska': { container: 'webm', ending: 'mka' },
  'video/mp4': { container: 'mp4', ending: 'mp4' },
  'audio/mp4': { container: 'mp4', ending: 'm4a' },
}

/** What may be in a file that is called WebM; Matroska with anything else in it is not. */
const WEBM_CODECS: ReadonlySet<string> = new Set(['V_VP8', 'V_VP9', 'V_AV1', 'A_OPUS', 'A_VORBIS'])

/** As the recorder named it; where that was left out, or the bytes are something else, as the bytes say. */
export function mediaTypeOf({ mimeType, file }: Pick<TakeFile, 'mimeType' | 'file'>): string {
  const recorded = RECORDED.exec(mimeType.toLowerCase())?.[0]
  // Bytes that nobody here could read are what they were called, unless we should have been able to read that.
  const found = file.container === 'raw' ? undefined : file.container
  if (recorded !== undefined && READ[recorded]?.container === found) return recorded
  if (file.container === 'raw') return 'application/octet-stream'
  const kind = file.tracks.some((track) => track.kind === 'video') ? 'video' : 'audio'
  if (file.container === 'mp4') return `${kind}/mp4`
  const isWebm = file.tracks.every((track) => WEBM_CODECS.has(track.codecId))
  return `${kind}/${isWebm ? 'webm' : 'x-matroska'}`
}

/** Of what is made from recordings. */
const MADE: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'application/json': 'json' }

export function endingOf(mediaType: string): string {
  return READ[mediaType]?.ending ?? MADE[mediaType] ?? 'bin'
}

/** With the codecs, as Media Source needs it; what is no audio or video by its own word is bytes. */
export function liveTypeOf(mimeType: string): string {
  const isMedia = /^(video|audio)\/[\w.+-]+(; ?codecs="?[\w., -]+"?)?$/i.test(mimeType)
  return isMedia ? mimeType : 'application/octet-stream'
}
