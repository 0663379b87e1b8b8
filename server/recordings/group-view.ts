// The recordings of a group as one thing: when each of them begins, by its recorder's clock, so that a camera and a screen
// play together. A group is a name that an application chose, no permission: only the admin sees one.
import type { ListedRecording, ListPage } from '@holdfast/db'
import type { SignedLinks } from '../access/signed-links.ts'
import { viewListed } from './recording-view.ts'

/** Members that one answer has. */
export const MAX_MEMBERS = 100

/** `offsetMs` counts from the first beginning of all; null where nothing is stored yet. null = no such group. */
export function viewGroup(group: string, { recordings, next }: ListPage, links: SignedLinks) {
  if (recordings.length === 0) return null
  const starts = recordings.flatMap(({ fileStartedAt }) => fileStartedAt?.getTime() ?? [])
  const startMs = starts.length > 0 ? Math.min(...starts) : null
  const members = recordings.map((row) => ({
    ...viewListed(row, links),
    offsetMs: offsetOf(row, startMs),
  }))
  return {
    group,
    startedAt: startMs === null ? null : new Date(startMs).toISOString(),
    recordings: members.sort((a, b) => (a.offsetMs ?? Infinity) - (b.offsetMs ?? Infinity)),
    ...(next ? { more: true } : {}),
  }
}

function offsetOf({ fileStartedAt }: ListedRecording, startMs: number | null): number | null {
  return fileStartedAt === null || startMs === null ? null : fileStartedAt.getTime() - startMs
}
