// Owns the answer to a Range request: which pieces make these bytes of a virtual file. It reads nothing itself.

import type { Extent, FilePiece, VirtualFile } from './layout.ts'

/**
 * The pieces that make bytes [from, to) of the file, in order; literals are views, not copies. Bounds outside the file
 * are drawn in; an empty range makes an empty plan.
 */
export function readPlan(file: VirtualFile, from: number, to: number): FilePiece[] {
  const end = Math.min(to, file.size)
  const start = Math.max(0, from)
  const plan: FilePiece[] = []
  if (start >= end) return plan
  const headerEnd = file.header.length
  if (start < headerEnd)
    plan.push({ literal: file.header.subarray(start, Math.min(end, headerEnd)) })
  for (let i = firstExtent(file.extents, start); i < file.extents.length; i++) {
    const extent = file.extents[i]
    if (!extent || extent.at >= end) break
    plan.push(sliceOf(extent, Math.max(0, start - extent.at), end - extent.at))
  }
  return plan
}

/** Index of the last extent that begins at or before the offset; 0 when the offset lies in the header. */
function firstExtent(extents: readonly Extent[], offset: number): number {
  let low = 0
  let high = extents.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((extents[middle]?.at ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

function sliceOf(extent: Extent, skip: number, end: number): FilePiece {
  if ('literal' in extent) return { literal: extent.literal.subarray(skip, end) }
  return { from: extent.from + skip, to: Math.min(extent.to, extent.from + end) }
}
