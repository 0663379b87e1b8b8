// Owns how one chunk of a recording is named on this device.

/** A chunk by its place on this device. `take` differs from the wire's number after a take_conflict. */
export type ChunkRef = { readonly take: number; readonly seq: number }

export const keyOf = ({ take, seq }: ChunkRef): string => `${take}/${seq}`

export function sameChunk(a: ChunkRef, b: ChunkRef): boolean {
  return a.take === b.take && a.seq === b.seq
}
