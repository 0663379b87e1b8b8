// Plays a file that is on this device and says so when this browser cannot.
import { useState } from 'preact/hooks'
import { Notice } from '../shell/notice.tsx'
import { t } from '../strings/strings.ts'

export function VideoPlayer({ address, title }: { address: string; title: string }) {
  const [hasFailed, setFailed] = useState(false)
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what was just recorded */}
      <video
        class="player"
        src={address}
        aria-label={title}
        controls
        playsInline
        preload="metadata"
        onError={() => setFailed(true)}
      />
      {hasFailed && (
        <Notice tone="bad" role="alert">
          {t.player.cannotPlay}
        </Notice>
      )}
    </>
  )
}
