// A link for people: for how long, copied, and handed to other apps where the device can. Says until when it works.
import { useState } from 'preact/hooks'
import { momentInSentence } from '../format/moment.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { Icon } from '../shell/icon.tsx'
import { say } from '../store/speech.ts'
import { afterWords } from '../strings/after-words.ts'
import { t } from '../strings/strings.ts'
import { copyText } from './copy-text.ts'
import { makeLink, reasonOf } from './edits-client.ts'
import { shareLink } from './share-link.ts'

const HOURS = [1, 24, 168] as const
type Hours = (typeof HOURS)[number]

type LinkProps = { info: Pick<RecordingInfo, 'id' | 'title'> }

type Link = { hours: Hours; address: string; until: string }

async function make(id: string, hours: Hours): Promise<Link> {
  const { url, expiresAt } = await makeLink(id, hours)
  const until = momentInSentence(new Date(expiresAt), new Date(), t.locale)
  return { hours, address: new URL(url, location.href).href, until }
}

const isOnlyHere = (address: string): boolean =>
  /^(localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(address).hostname)

function HoursChoice({ hours, onPick }: { hours: Hours; onPick: (hours: Hours) => void }) {
  return (
    <fieldset class="segments">
      <legend>{afterWords.link.works}</legend>
      {HOURS.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="link-hours"
            checked={one === hours}
            onChange={() => onPick(one)}
          />
          <span>{afterWords.link.hours[one]}</span>
        </label>
      ))}
    </fieldset>
  )
}

type Told = { link: Link; text: string; isCopied: boolean }

function Made({ told: { link, text, isCopied } }: { told: Told }) {
  return (
    <div class="link-made">
      <p class={isCopied ? 'said-good' : ''}>
        {isCopied && <Icon name="check" size={18} />}
        {text}
      </p>
      <input
        class="input"
        readOnly
        aria-label={afterWords.link.address}
        value={link.address}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      {isOnlyHere(link.address) && <p class="soft">{afterWords.link.onlyHere}</p>}
    </div>
  )
}

/** One link for each length, made when it is first wanted. */
function useLink({ id, title }: LinkProps['info']) {
  const [hours, setHours] = useState<Hours>(24)
  const [told, setTold] = useState<Told | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const linkFor = () => (told?.link.hours === hours ? Promise.resolve(told.link) : make(id, hours))
  const run = async (work: (link: Promise<Link>) => Promise<void>) => {
    setProblem(null)
    try {
      await work(linkFor())
    } catch (error) {
      setProblem(afterWords.link.failed(reasonOf(error)))
    }
  }
  const put = async (coming: Promise<Link>, says: (until: string) => string) => {
    const isCopied = await copyText(coming.then(({ address }) => address))
    const link = await coming
    const text = isCopied ? says(link.until) : afterWords.link.byHand
    setTold({ link, text, isCopied })
    say(text)
  }
  const copy = () => run((coming) => put(coming, afterWords.link.copied))
  const share = () =>
    run(async (coming) => {
      const link = await coming
      setTold({ link, text: afterWords.link.made(link.until), isCopied: false })
      const end = await shareLink({ title: title ?? '', url: link.address })
      // Whoever closes the sheet has seen it, and wants nothing more.
      if (end === 'refused') await put(coming, afterWords.link.copiedInstead)
    })
  return { hours, setHours, told, problem, copy, share }
}

export function LinkPanel({ info }: LinkProps) {
  const { hours, setHours, told, problem, copy, share } = useLink(info)
  return (
    <div class="link">
      <p>{afterWords.link.heading}</p>
      <div class="link-line">
        <HoursChoice hours={hours} onPick={setHours} />
        <button type="button" class="button main" onClick={() => void copy()}>
          <Icon name="link" />
          {afterWords.link.copy}
        </button>
        {'share' in navigator && (
          <button type="button" class="button" onClick={() => void share()}>
            <Icon name="share" />
            {afterWords.link.share}
          </button>
        )}
      </div>
      {problem && (
        <p class="said-bad" role="alert">
          {problem}
        </p>
      )}
      {told && told.link.hours === hours && <Made told={told} />}
    </div>
  )
}
