// Owns single bytes that are other in the file than in the store: a take's track numbers where they differ from those in
// the file's header.

/** By take offset, rising; one entry for each byte. */
export type BytePatches = { readonly at: Float64Array; readonly value: Uint8Array }

/**
 * The bytes as they are in the file. `from` = take offset of the first one. Without anything to change they are returned
 * as they are, else a copy: what was given may belong to a cache.
 */
export function patchBytes(
  patches: BytePatches | undefined,
  from: number,
  bytes: Uint8Array,
): Uint8Array {
  if (!patches) return bytes
  const { at, value } = patches
  const end = from + bytes.length
  let patched: Uint8Array | null = null
  for (let i = firstAt(at, from); i < at.length; i++) {
    const place = at[i] ?? end
    if (place >= end) break
    patched ??= bytes.slice()
    patched[place - from] = value[i] ?? 0
  }
  return patched ?? bytes
}

/** Index of the first place at or behind `from`. */
function firstAt(at: Float64Array, from: number): number {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}
