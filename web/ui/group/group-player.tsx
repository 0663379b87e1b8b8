// What was recorded together, side by side, under one set of controls.
import { useEffect, useRef, useState } from 'preact/hooks'
import { formatClock } from '../format/duration.ts'
import { Icon } from '../shell/icon.tsx'
import { groupWords } from '../strings/group-words.ts'
import { GroupPlayback, type Standing } from './group-playback.ts'

export type Companion = {
  readonly id: string
  readonly title: string
  readonly address: string
  readonly offsetMs: number
}

const STILL: Standing = { atMs: 0, lengthMs: 0, isPlaying: false }

/** One playback over all elements that are there; null before they are. */
function usePlayback(companions: readonly Companion[]) {
  const [standing, setStanding] = useState(STILL)
  const grid = useRef<HTMLDivElement>(null)
  const playback = useRef<GroupPlayback | null>(null)
  useEffect(() => {
    const videos = [...(grid.current?.querySelectorAll('video') ?? [])]
    const members = videos.map((video, n) => ({ video, offsetMs: companions[n]?.offsetMs ?? 0 }))
    const made = new GroupPlayback(members, setStanding)
    playback.current = made
    const measure = () => setStanding(made.standing)
    for (const video of videos) video.addEventListener('durationchange', measure)
    return () => made.pause()
  }, [companions])
  return { standing, grid, playback }
}

export function GroupPlayer({ companions }: { companions: readonly Companion[] }) {
  const { standing, grid, playback } = usePlayback(companions)
  const { atMs, lengthMs, isPlaying } = standing
  const toggle = () => (isPlaying ? playback.current?.pause() : playback.current?.play())
  return (
    <div class="group-player">
      <div class="group-grid" ref={grid}>
        {companions.map(({ id, title, address }) => (
          <figure key={id}>
            {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what was just recorded */}
            <video class="player" src={address} aria-label={title} playsInline preload="auto" />
            <figcaption class="soft">{title}</figcaption>
          </figure>
        ))}
      </div>
      <div class="group-controls">
        <button
          type="button"
          class="button icon"
          aria-label={isPlaying ? groupWords.pause : groupWords.play}
          onClick={toggle}
        >
          <Icon name={isPlaying ? 'pause' : 'play'} />
        </button>
        <input
          type="range"
          aria-label={groupWords.position}
          aria-valuetext={formatClock(atMs)}
          min={0}
          max={Math.ceil(lengthMs)}
          step={100}
          value={atMs}
          onInput={({ currentTarget }) => playback.current?.seek(Number(currentTarget.value))}
        />
        <span class="digits soft">
          {formatClock(atMs)} / {formatClock(lengthMs)}
        </span>
      </div>
    </div>
  )
}
