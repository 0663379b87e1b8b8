// The call for the story of a recording. Knows address and shape, holds no state.
import type { JobKind, Reason } from '@holdfast/protocol'
import { call } from '../library/recordings-client.ts'
import { addressIn, type Seen } from './detail.ts'

export type StoryEntry = { readonly at: string } & (
  | { readonly what: 'created' | 'deleted' | 'restored' | 'empty' }
  | { readonly what: 'take'; readonly take: number }
  | { readonly what: 'returned'; readonly awayMs: number }
  | { readonly what: 'stopped'; readonly reason: 'user' | 'pagehide' | 'error' | null }
  | { readonly what: 'late'; readonly chunks: number }
  | {
      readonly what: 'version'
      readonly version: number
      readonly status: 'ready' | 'incomplete'
      readonly reason: Reason
      readonly durationMs: number | null
      readonly gapCount: number
    }
  | {
      readonly what: 'failed'
      readonly message: string
      readonly attempt: number
    }
  | {
      readonly what: 'made'
      readonly job: JobKind
      readonly status: 'done' | 'failed' | 'cancelled'
    }
)

/** What a page of this version can tell; a newer server may know more. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['created', 'deleted', 'restored', 'empty', 'take', 'returned'],
  ...['stopped', 'late', 'version', 'failed', 'made'],
])

/** Pictures and peaks are made of every version: nobody asked for them, so only what failed is worth a word. */
const isWorthTelling = (entry: StoryEntry): boolean =>
  entry.what !== 'made' || entry.job === 'export' || entry.status === 'failed'

/** Oldest first. @throws RefusedError, TypeError without an answer */
export async function readStory(seen: Seen): Promise<readonly StoryEntry[]> {
  const { story } = await call<{ story: StoryEntry[] }>(addressIn(seen, 'story'))
  return story.filter((entry) => KNOWN.has(entry.what) && isWorthTelling(entry))
}
