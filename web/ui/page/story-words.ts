// What each entry of a story says, and how it is shown. Pure.
import { formatClock } from '../format/duration.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import type { SignName } from './sign.tsx'
import type { StoryEntry } from './story-client.ts'
import { secondsOf } from './verdict.ts'

const words = pageWords.story

export type Told = {
  readonly sign: SignName
  readonly tone: 'plain' | 'good' | 'care' | 'bad' | 'live'
  readonly says: string
  readonly more?: string
}

const digits = (count: number) => new Intl.NumberFormat(t.locale).format(count)

function tellVersion(entry: Extract<StoryEntry, { what: 'version' }>): Told {
  const { version, status, reason, durationMs, gapCount } = entry
  const length = durationMs === null ? '' : words.length(formatClock(durationMs))
  const more = [words.why[reason], length].filter((text) => text !== '').join(' ')
  const isWhole = status === 'ready'
  return {
    sign: isWhole ? 'version' : 'care',
    tone: isWhole ? 'good' : 'care',
    says: isWhole ? words.ready(version) : words.incomplete(version, gapCount),
    ...(more && { more }),
  }
}

function tellMade({ job, status }: Extract<StoryEntry, { what: 'made' }>): Told {
  const tone = status === 'failed' ? 'care' : 'plain'
  return { sign: 'made', tone, says: words.made[job][status] }
}

export function tell(entry: StoryEntry): Told {
  switch (entry.what) {
    case 'created':
      return { sign: 'created', tone: 'plain', says: words.created }
    case 'take':
      return {
        ...{ sign: 'begin', tone: 'live' },
        says: entry.take === 0 ? words.take : words.nextTake,
      }
    case 'returned':
      return { sign: 'return', tone: 'care', says: words.returned(secondsOf(entry.awayMs)) }
    case 'stopped':
      return { sign: 'stop', tone: 'plain', says: words.stopped[entry.reason ?? 'user'] }
    case 'late':
      return { sign: 'late', tone: 'care', says: words.late(entry.chunks, digits(entry.chunks)) }
    case 'version':
      return tellVersion(entry)
    case 'empty':
      return { sign: 'bad', tone: 'plain', says: words.empty }
    case 'failed':
      return { sign: 'bad', tone: 'bad', says: words.failed(entry.attempt), more: entry.message }
    case 'made':
      return tellMade(entry)
    case 'deleted':
      return { sign: 'deleted', tone: 'bad', says: words.deleted }
    case 'restored':
      return { sign: 'return', tone: 'good', says: words.restored }
  }
}
