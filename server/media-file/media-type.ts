// The Content-Type of a file, and the ending of its name. What a client called its bytes is a claim: only
// audio and video get through, so that nothing stored here is ever shown as a document.
import type { TakeFile } from './take-file.ts'

const RECORDED = /^(video|audio)\/[\w.+-]+/

const ENDINGS: Record<string, string> = {
  'video/webm': 'webm',
  'audio/webm': 'webm',
  'video/x-matroska': 'mkv',
  'audio/x-matroska': 'mka',
  'video/mp4': 'mp4',
  'audio/mp4': 'm4a',
}

/** As the recorder named it; where that was left out, as the bytes say. */
export function mediaTypeOf({ mimeType, file }: Pick<TakeFile, 'mimeType' | 'file'>): string {
  const recorded = RECORDED.exec(mimeType.toLowerCase())?.[0]
  if (recorded !== undefined) return recorded
  if (file.container === 'raw') return 'application/octet-stream'
  const kind = file.tracks.some((track) => track.kind === 'video') ? 'video' : 'audio'
  return `${kind}/${file.container}`
}

export function endingOf(mediaType: string): string {
  return ENDINGS[mediaType] ?? 'bin'
}
