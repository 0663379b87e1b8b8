// A video, or several as one, and its controls. Whoever puts an element with slot="media" into it decides what it plays.
import type { ComponentChildren } from 'preact'
import { pageWords } from '../strings/page-words.ts'
import './chrome.ts'
import type { Stretch } from './timeline.ts'

type PlayerFrameProps = {
  title: string
  /** Parts of the file where something is missing. */
  gaps?: readonly Stretch[]
  /** No window of its own shows more than one picture. */
  isSeveral?: boolean
  children: ComponentChildren
}

/** The app's own help answers this key: the controls' would be a second one. */
function keepFromControls(event: KeyboardEvent): void {
  if (event.key === '?') event.stopPropagation()
}

const percent = (share: number) => `${100 * share}%`

export function Stretches({ kind, of }: { kind: string; of: readonly Stretch[] }) {
  return (
    <>
      {of.map(({ from, to }) => (
        <span
          key={from}
          class={kind}
          style={{ insetInlineStart: percent(from), inlineSize: percent(to - from) }}
        />
      ))}
    </>
  )
}

export function PlayerFrame({ title, gaps = [], isSeveral = false, children }: PlayerFrameProps) {
  return (
    <div
      class={isSeveral ? 'player-frame several' : 'player-frame'}
      dir="ltr"
      onKeyDownCapture={keepFromControls}
    >
      <media-controller
        class="player on-stage"
        aria-label={pageWords.player.label(title)}
        novolumepref
      >
        {children}
        <media-loading-indicator slot="centered-chrome" noautohide />
        <div class="player-seek">
          <media-time-range />
          <span class="seek-gaps" aria-hidden="true">
            <Stretches kind="gap" of={gaps} />
          </span>
        </div>
        <media-control-bar>
          <media-play-button />
          <media-seek-backward-button seekoffset="10" />
          <media-seek-forward-button seekoffset="10" />
          <media-mute-button />
          <media-volume-range />
          <media-time-display showduration notoggle />
          <span class="player-space" />
          <media-playback-rate-button rates="0.5 1 1.25 1.5 2" />
          {!isSeveral && <media-pip-button />}
          <media-fullscreen-button />
        </media-control-bar>
      </media-controller>
    </div>
  )
}
