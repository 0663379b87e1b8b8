// Plays a recording of several parts, one after the other, and lists them: to choose from and to keep. Which part
// plays is always said; the first one is never shown as the whole.
import { useState } from 'preact/hooks'
import { formatBytes } from '../format/bytes.ts'
import { formatMoment } from '../format/moment.ts'
import type { Part } from '../library/parts.ts'
import { Icon } from '../shell/icon.tsx'
import { t } from '../strings/strings.ts'
import { FilePlayer } from './file-player.tsx'
import type { Playhead } from './playhead.ts'

type PartProps = { part: Part; title: string; isPlaying: boolean; onChoose: () => void }

function PartRow({ part, title, isPlaying, onChoose }: PartProps) {
  const { number, startedAt, bytes, mediaUrl, ending } = part
  const name = t.player.partTitle(title, number)
  return (
    <li class="part">
      <button
        type="button"
        class="part-open"
        aria-current={isPlaying ? 'true' : undefined}
        onClick={onChoose}
      >
        <Icon name="play" size={16} />
        <span class="part-words">
          <span class="part-name">{t.player.part(number)}</span>
          <span class="facts digits">
            <time dateTime={startedAt}>
              {formatMoment(new Date(startedAt), new Date(), t.locale, 'medium')}
            </time>
            <span>{formatBytes(bytes, t.locale)}</span>
          </span>
        </span>
      </button>
      <a
        class="button quiet icon"
        href={mediaUrl}
        download={`${name}.${ending}`}
        aria-label={t.library.downloadOf(name)}
      >
        <Icon name="download" />
      </a>
    </li>
  )
}

type Chosen = {
  readonly take: number
  /** Signed anew with each look at the recording: the one that plays stays. */
  readonly address: string
  readonly starts: number
}

/** The same part again is played again, not loaded again. */
function chooseNext(before: Chosen, { take, mediaUrl }: Part): Chosen {
  const address = before.take === take ? before.address : mediaUrl
  return { take, address, starts: before.starts + 1 }
}

type PartsPlayerProps = { parts: readonly [Part, ...Part[]]; title: string; playhead: Playhead }

export function PartsPlayer({ parts, title, playhead }: PartsPlayerProps) {
  const [chosen, setChosen] = useState<Chosen>(() => {
    const [{ take, mediaUrl }] = parts
    return { take, address: mediaUrl, starts: 0 }
  })
  const at = Math.max(
    0,
    parts.findIndex(({ take }) => take === chosen.take),
  )
  const { number } = parts[at] ?? parts[0]
  const choose = (part: Part | undefined) => {
    if (part) setChosen((before) => chooseNext(before, part))
  }
  return (
    <>
      <FilePlayer
        address={chosen.address}
        title={t.player.partTitle(title, number)}
        playhead={playhead}
        starts={chosen.starts}
        refusal={t.player.cannotPlayPart(number)}
        onEnded={() => choose(parts[at + 1])}
      />
      <div class="parts-head">
        <h3>{t.player.parts(parts.length)}</h3>
        <p class="soft">
          <span role="status">{t.player.partNow(number, parts.length)}.</span> {t.player.partsHint}
        </p>
      </div>
      <ol class="parts">
        {parts.map((part) => (
          <PartRow
            key={part.take}
            part={part}
            title={title}
            isPlaying={part.number === number}
            onChoose={() => choose(part)}
          />
        ))}
      </ol>
    </>
  )
}
