// Owns the question whether another take's header may stand for a lost one. Tracks have other numbers in the next take of
// the same page now and then: sound that cannot be decoded packet by packet is no sound.

import { readBlockList } from './block-list.ts'
import { beginsMp4 } from './container.ts'
import { MediaError } from './media-error.ts'
import { readMp4Header } from './mp4-header.ts'
import type { LaidChunk } from './take-runs.ts'
import { readHeader } from './webm-header.ts'
import { readTracks } from './webm-tracks.ts'

/** Whether these chunks, indexed with this header, are what it says they are; false when nothing was found in them. */
export function fitsHeader(header: Uint8Array, chunks: readonly LaidChunk[]): boolean {
  const sounds = soundTracks(header)
  if (!sounds) return false
  let found = false
  for (const { index } of chunks) {
    for (const { track, isKey } of packetsOf(index)) {
      found = true
      if (!isKey && sounds.has(track)) return false
    }
  }
  return found
}

/** Their numbers; null when this is no header. */
function soundTracks(header: Uint8Array): Set<number> | null {
  try {
    const tracks = beginsMp4(header)
      ? readMp4Header(header).tracks.map(({ info }) => info)
      : readTracks(readHeader(header).children)
    return new Set(tracks.flatMap(({ kind, number }) => (kind === 'audio' ? [number] : [])))
  } catch (error) {
    if (error instanceof MediaError) return null
    throw error
  }
}

type FoundPacket = { readonly track: number; readonly isKey: boolean }

function* packetsOf(index: LaidChunk['index']): Generator<FoundPacket> {
  if ('blocks' in index) yield* readBlockList(index.blocks)
  else for (const { track, syncs } of index.runs) yield { track, isKey: !syncs.includes(0) }
}
