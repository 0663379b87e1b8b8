// Owns the question whether a take goes on where another one stopped: the same codecs, told in a way that one description
// in the file's header can stand for both. Resolution may change, numbers may differ.

import type { TrackInfo } from './webm-tracks.ts'

/** How a take's tracks become those of the file. */
export type TrackMatch = {
  /** The take's number → the file's. */
  readonly numbers: ReadonlyMap<number, number>
  /** Tracks of the take that the file does not have yet, numbered as in the file. */
  readonly added: readonly { readonly from: TrackInfo; readonly to: TrackInfo }[]
}

/** Video by video and sound by sound, in their order; null when one of them cannot go on as the other. */
export function matchTracks(
  file: readonly TrackInfo[],
  take: readonly TrackInfo[],
): TrackMatch | null {
  const numbers = new Map<number, number>()
  const added: { from: TrackInfo; to: TrackInfo }[] = []
  const used = new Set(file.map((track) => track.number))
  const met = { video: 0, audio: 0, other: 0 }
  for (const track of take) {
    const before = file.filter(({ kind }) => kind === track.kind)[met[track.kind]++]
    if (before && !goesOn(before, track)) return null
    const number = before?.number ?? freeNumber(used, track.number)
    used.add(number)
    numbers.set(track.number, number)
    if (!before) added.push({ from: track, to: { ...track, number } })
  }
  return { numbers, added }
}

/** Their streams describe themselves: what the header says of size or channels may differ from take to take. */
const SELF_DESCRIBING: ReadonlySet<string> = new Set([
  ...['V_VP8', 'V_VP9', 'V_AV1', 'A_OPUS'],
  ...['vp08', 'vp09', 'av01', 'Opus', 'avc3', 'hev1'],
])
/** An MP4 track may have a description for each take: in these it is all that decoding depends on. */
const DESCRIBED_APART: ReadonlySet<string> = new Set(['avc1', 'hvc1', 'mp4a'])

export const describesItself = (codecId: string): boolean => SELF_DESCRIBING.has(codecId)

function goesOn(before: TrackInfo, track: TrackInfo): boolean {
  if (before.codecId !== track.codecId) return false
  if (SELF_DESCRIBING.has(track.codecId)) return true
  const soundsAlike =
    before.samplingRate === track.samplingRate &&
    before.channels === track.channels &&
    before.bitDepth === track.bitDepth
  return (
    soundsAlike &&
    (DESCRIBED_APART.has(track.codecId) || sameBytes(before.codecPrivate, track.codecPrivate))
  )
}

function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (!a || !b) return a === b
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function freeNumber(used: ReadonlySet<number>, wanted: number): number {
  if (!used.has(wanted)) return wanted
  let number = 1
  while (used.has(number)) number += 1
  return number
}
