// Plays a file and says so when this browser cannot.
import type { Trim } from '@holdfast/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useTrim } from '../after/trim-play.ts'
import { Notice } from '../shell/notice.tsx'
import { t } from '../strings/strings.ts'

type VideoPlayerProps = {
  address: string
  title: string
  /** Counts how often it was told to play by itself; 0 = it waits for the person. */
  starts?: number
  /** Said where this browser cannot play it. */
  refusal?: string
  /** What it begins and ends with; without, all of it. */
  trim?: Trim | null | undefined
  onEnded?: () => void
}

/** Another address in the same place goes on in the same element: full screen and volume stay. */
export function VideoPlayer(props: VideoPlayerProps) {
  const { address, title, starts = 0, refusal = t.player.cannotPlay, trim, onEnded } = props
  const [failed, setFailed] = useState<string | null>(null)
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    // Refused or overtaken: the controls stay, and what cannot be played tells by its error event.
    if (starts > 0) video.current?.play().catch(() => undefined)
  }, [starts])
  useTrim(video, trim)
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what was just recorded */}
      <video
        ref={video}
        class="player"
        src={address}
        aria-label={title}
        controls
        playsInline
        preload="metadata"
        onEnded={onEnded}
        onError={() => setFailed(address)}
      />
      {failed === address && (
        <Notice tone="bad" role="alert">
          {refusal}
        </Notice>
      )}
    </>
  )
}
