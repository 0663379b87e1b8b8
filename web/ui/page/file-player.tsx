// Plays a file and says so when this browser cannot. Another address in the same place goes on in the same element: full
// screen and volume stay.
import type { Trim } from '@holdfast/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useTrim } from '../after/trim-play.ts'
import { Notice } from '../shell/notice.tsx'
import { t } from '../strings/strings.ts'
import { PlayerFrame } from './player-frame.tsx'
import type { Playhead } from './playhead.ts'
import { type Chapter, type Stretch, writeChapters } from './timeline.ts'

type FilePlayerProps = {
  address: string
  title: string
  playhead: Playhead
  chapters?: readonly Chapter[]
  gaps?: readonly Stretch[]
  poster?: string | null | undefined
  /** What it begins and ends with; without, all of it. */
  trim?: Trim | null | undefined
  /** Counts how often it was told to play by itself; 0 = it waits for the person. */
  starts?: number
  /** Said where this browser cannot play it. */
  refusal?: string
  onEnded?: () => void
}

/** A track wants an address: the chapters get one of this page's own, as long as they are shown. */
function useChapters(chapters: readonly Chapter[]): string | null {
  const text = chapters.length > 0 ? writeChapters(chapters) : null
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    if (text === null) {
      setAddress(null)
      return undefined
    }
    const made = URL.createObjectURL(new Blob([text], { type: 'text/vtt' }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [text])
  return address
}

export function FilePlayer(props: FilePlayerProps) {
  const { address, title, playhead, chapters = [], gaps = [], starts = 0, onEnded } = props
  const { refusal = t.player.cannotPlay, poster, trim } = props
  const [failed, setFailed] = useState<string | null>(null)
  const video = useRef<HTMLVideoElement>(null)
  const track = useChapters(chapters)
  useEffect(() => {
    playhead.follow(video.current)
    return () => playhead.follow(null)
  }, [playhead])
  useTrim(video, trim)
  useEffect(() => {
    // Refused or overtaken: the controls stay, and what cannot be played tells by its error event.
    if (starts > 0) video.current?.play().catch(() => undefined)
  }, [starts])
  return (
    <>
      <PlayerFrame title={title} gaps={gaps}>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what was just recorded */}
        <video
          ref={video}
          slot="media"
          src={address}
          poster={poster ?? undefined}
          aria-label={title}
          playsInline
          preload="metadata"
          onEnded={onEnded}
          onError={() => setFailed(address)}
        >
          {track && <track key={track} kind="chapters" src={track} default />}
        </video>
      </PlayerFrame>
      {failed === address && (
        <Notice tone="bad" role="alert">
          {refusal}
        </Notice>
      )}
    </>
  )
}
