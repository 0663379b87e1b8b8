// Which files a recording can be had as, and how large they are.
import { endingOf } from '../library/parts.ts'
import { type RecordingInfo, RefusedError } from '../library/recordings-client.ts'

const KINDS: Readonly<Record<string, string>> = {
  webm: 'WebM',
  mkv: 'Matroska',
  mp4: 'MP4',
  m4a: 'M4A',
}

/** What the recorder wrote, by its usual name. */
export const recordedKind = ({ takes = [] }: Pick<RecordingInfo, 'takes'>): string =>
  KINDS[endingOf(takes[0]?.mimeType ?? '')] ?? 'WebM'

/** Of the file as it was recorded. */
export const recordedBytes = ({ versions = [], bytes }: RecordingInfo): number =>
  versions.at(-1)?.bytes ?? bytes

const isMp4 = (mimeType: string): boolean => /^\w+\/mp4/i.test(mimeType)

/** A recorder that wrote MP4 needs no other; and while it records there is nothing to make one from. */
export function isMp4Offered({ version, status, takes = [] }: RecordingInfo): boolean {
  const hasOther = takes.some(({ mimeType }) => !isMp4(mimeType))
  return version > 0 && status !== 'recording' && hasOther
}

/** One take of codecs that have a place in an MP4: the server makes it while it is fetched. */
export function isMp4AtOnce({ takes = [] }: Pick<RecordingInfo, 'takes'>): boolean {
  const [only, ...more] = takes
  if (!only || more.length > 0) return false
  const { mimeType } = only
  return /codecs=.*(vp0?9|av0?1|avc[13]|opus)/i.test(mimeType) && !/vp0?8|pcm/i.test(mimeType)
}

/** @throws RefusedError, also for what is still to be made */
export async function sizeOf(address: string): Promise<number> {
  const response = await fetch(address, { method: 'HEAD' })
  const bytes = Number(response.headers.get('content-length'))
  if (response.status !== 200 || !bytes)
    throw new RefusedError(response.status, response.statusText)
  return bytes
}
