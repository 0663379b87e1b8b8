// Quality, countdown and layout: folded away, since what is chosen is good for most. Says what the quality needs of
// the connection, and what is known of that.
import { formatBits } from '../format/bits.ts'
import { prefer, preferences } from '../store/preferences.ts'
import { reopenSource } from '../store/source.ts'
import { neededBits } from '../store/storage-room.ts'
import { t } from '../strings/strings.ts'
import { type CaptureSource, canCompose } from './capture-source.ts'
import type { Quality } from './quality.ts'

type ChoiceProps<T extends string> = {
  label: string
  value: T
  words: Readonly<Record<T, string>>
  onPick: (value: T) => void
}

function Choice<T extends string>({ label, value, words, onPick }: ChoiceProps<T>) {
  const options = Object.keys(words) as T[]
  return (
    <label class="field">
      <span>{label}</span>
      <select
        class="input"
        value={value}
        onChange={({ currentTarget }) => {
          const picked = options.find((one) => one === currentTarget.value)
          if (picked !== undefined) onPick(picked)
        }}
      >
        {options.map((one) => (
          <option key={one} value={one}>
            {words[one]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Another quality is another size of the picture: the camera is opened anew; a voice only changes its rate. */
function pickQuality(quality: Quality, { kind }: CaptureSource): void {
  if (kind === 'camera' || kind === 'both') void reopenSource({ quality })
  else prefer({ quality })
}

function RateHint({ opened }: { opened: CaptureSource }) {
  const needed = neededBits(opened.kind)
  const known = preferences.value.uploadBits
  const words = t.quality.needs(formatBits(needed, t.locale))
  if (known === null) return <p class="soft">{words}</p>
  const seen = formatBits(known, t.locale)
  return (
    <p class={known < needed ? 'said-waiting' : 'soft'}>
      {words} {known < needed ? t.quality.tooSlow(seen) : t.quality.known(seen)}
    </p>
  )
}

export function MoreSettings({ opened }: { opened: CaptureSource }) {
  const { quality, countdown, layout } = preferences.value
  const words = opened.kind === 'microphone' ? t.quality.sound : t.quality.picture
  return (
    <details class="more">
      <summary>
        {t.quality.more}: {words[quality]}
      </summary>
      <div class="set-up">
        <Choice
          label={t.quality.label}
          value={quality}
          words={words}
          onPick={(one) => pickQuality(one, opened)}
        />
        <Choice
          label={t.countdown.label}
          value={countdown === 0 ? 'none' : 'three'}
          words={t.countdown.words}
          onPick={(one) => prefer({ countdown: one === 'none' ? 0 : 3 })}
        />
        {opened.kind === 'both' && canCompose() && (
          <Choice
            label={t.layout.label}
            value={layout}
            words={t.layout.words}
            onPick={(one) => void reopenSource({ layout: one })}
          />
        )}
      </div>
      <RateHint opened={opened} />
    </details>
  )
}
