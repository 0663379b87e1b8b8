// Owns what a dying page says to the server, by a beacon. Runs inside `pagehide`: nothing here waits, and nothing is deleted
// because of it (R11). It is a part of the sender: before that is here the server does not know the recording.
import { chunkFrame, FRAME, type Frame, jsonFrame, LIMITS, toBase64 } from '@holdfast/protocol'
import type { TakeRow } from '../buffer/rows.ts'
import { sha256 } from '../capture/sha256.ts'
import { allTakes, endOf, type LastWords } from '../session/hand-over.ts'
import { sendFarewell } from '../transport/beacon.ts'

export type Heard = {
  /** Whether the service worker was told. */
  readonly hasHeir: boolean
  /** Takes that the server has acknowledged. */
  readonly isAnnounced: (take: number) => boolean
}

/** The stop, and everything that can still get out. */
export function sayFarewell(words: LastWords, { hasHeir, isAnnounced }: Heard): void {
  const { copy } = words
  const unread = new Map(words.unstored.map(({ take, slices }) => [take.take, slices]))
  // Slices that nobody has read can only come through the worker: without one they are not announced.
  const sure = allTakes(words).map((take) => {
    const first = unread.get(take.take)?.[0]
    return first && !hasHeir ? { ...take, chunks: first.firstSeq } : take
  })
  sendFarewell(copy.row, {
    takes: sure.filter(({ take, chunks }) => chunks > 0 && !isAnnounced(take)).map(takeFrame),
    chunks: beaconChunks(words, sure),
    finish: finishFrame(sure, endOf(copy)),
  })
}

function takeFrame({ wire, mimeType, startedAt, init }: TakeRow): Frame {
  const body = { mimeType, startedAt, init: init ? toBase64(new Uint8Array(init)) : null }
  return jsonFrame(FRAME.TAKE, body, { take: wire })
}

function finishFrame(takes: readonly TakeRow[], reason: string): Frame {
  const totals = takes.flatMap(({ wire, chunks }) => (chunks > 0 ? [{ take: wire, chunks }] : []))
  return jsonFrame(FRAME.FINISH, { takes: totals, reason })
}

/** What the beacon may carry, oldest first, so that no hole opens before what arrives. */
function beaconChunks({ copy, unstored, tail }: LastWords, takes: readonly TakeRow[]): Frame[] {
  const fresh = unstored.flatMap(({ take: { take }, chunks }) =>
    chunks.map((chunk) => ({ take, chunk })),
  )
  const small = fresh.filter(({ chunk }) => chunk.bytes.length < LIMITS.beaconBytes)
  const stored = [...copy.memory, ...tail].map(({ take, seq, chunk }) => {
    return { take, chunk: { ...chunk, seq, bytes: new Uint8Array(chunk.bytes) } }
  })
  const hashed = small.map(({ take, chunk }) => {
    return { take, chunk: { ...chunk, sha256: sha256(chunk.bytes) } }
  })
  const wires = new Map(takes.map(({ take, wire }) => [take, wire]))
  const all = [...stored, ...hashed].sort((a, b) => a.take - b.take || a.chunk.seq - b.chunk.seq)
  return all.map(({ take, chunk }) => chunkFrame({ ...chunk, take: wires.get(take) ?? take }))
}
