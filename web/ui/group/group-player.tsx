// What was recorded together, side by side, under the controls that a single recording has.
import { PlayerFrame } from '../page/player-frame.tsx'
import { groupWords } from '../strings/group-words.ts'
import './group-media.ts'

export type Companion = {
  readonly id: string
  readonly title: string
  readonly address: string
  readonly offsetMs: number
}

export function GroupPlayer({ companions }: { companions: readonly Companion[] }) {
  return (
    <PlayerFrame title={groupWords.several(companions.length)} isSeveral>
      <group-media slot="media" class="group-grid" key={companions.map(({ id }) => id).join()}>
        {companions.map(({ id, title, address, offsetMs }) => (
          <figure key={id}>
            {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what was just recorded */}
            <video
              src={address}
              data-offset-ms={offsetMs}
              aria-label={title}
              playsInline
              preload="auto"
            />
            <figcaption>{title}</figcaption>
          </figure>
        ))}
      </group-media>
    </PlayerFrame>
  )
}
