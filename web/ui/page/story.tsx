// The story of a recording, from above to below as it happened: what, when, and how long after the beginning.
import { useEffect, useState } from 'preact/hooks'
import { formatClock } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { RefusedError } from '../library/recordings-client.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import type { Detail, Seen } from './detail.ts'
import { Sign } from './sign.tsx'
import { readStory, type StoryEntry } from './story-client.ts'
import { tell } from './story-words.ts'

const words = pageWords.story

type Known = readonly StoryEntry[] | 'away' | 'closed' | null

/** What changes of a recording and is told. */
const chapterOf = ({ version, status, jobs = [], takes }: Detail): string =>
  [version, status, takes.length, ...jobs.map((one) => `${one.job} ${one.status}`)].join()

function useStory(seen: Seen, info: Detail): Known {
  const [known, setKnown] = useState<Known>(null)
  const chapter = chapterOf(info)
  useEffect(() => {
    let isOver = false
    readStory(seen).then(
      (story) => !isOver && setKnown(story),
      (error) => {
        const failure = error instanceof RefusedError ? 'closed' : 'away'
        if (!isOver) setKnown((before) => (Array.isArray(before) ? before : failure))
      },
    )
    return () => {
      isOver = true
    }
  }, [seen.id, chapter])
  return known
}

function Entry({ entry, fromMs }: { entry: StoryEntry; fromMs: number }) {
  const { sign, tone, says, more } = tell(entry)
  const at = new Date(entry.at)
  const afterMs = at.getTime() - fromMs
  return (
    <li class={`told ${tone}`}>
      <span class="told-sign">
        <Sign name={sign} size={16} />
      </span>
      <div>
        <p class="told-says">{says}</p>
        {more && <p class="soft">{more}</p>}
        <p class="facts digits">
          <time dateTime={entry.at}>{formatMoment(at, new Date(), t.locale, 'medium')}</time>
          {afterMs >= 1000 && <span dir="ltr">{words.after(formatClock(afterMs))}</span>}
        </p>
      </div>
    </li>
  )
}

function Entries({ story }: { story: readonly StoryEntry[] }) {
  const fromMs = Date.parse(story[0]?.at ?? '')
  return (
    <ol class="story">
      {story.map((entry) => (
        <Entry key={`${entry.at} ${entry.what}`} entry={entry} fromMs={fromMs} />
      ))}
    </ol>
  )
}

export function Story({ seen, info }: { seen: Seen; info: Detail }) {
  const known = useStory(seen, info)
  // Who may not hear it is not told that there is one.
  if (known === 'closed') return null
  return (
    <section class="page-part" aria-labelledby="story-heading">
      <h2 id="story-heading">{words.heading}</h2>
      {known === null && <p class="soft">{words.loading}</p>}
      {known === 'away' && <p class="soft">{words.away}</p>}
      {Array.isArray(known) && <Entries story={known} />}
    </section>
  )
}
