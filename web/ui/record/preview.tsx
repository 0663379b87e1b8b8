// The picture on the stage: what the camera or the screen shows, or the voice when there is no picture.
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { phase } from '../store/phase.ts'
import { source } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import type { CaptureSource } from './capture-source.ts'
import { LevelRing } from './level-ring.tsx'

function Picture({ opened }: { opened: CaptureSource }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = opened.stream
  }, [opened])
  return (
    <video
      ref={video}
      class={`picture ${opened.kind}`}
      aria-label={t.record.preview}
      autoplay
      muted
      playsInline
    />
  )
}

export function Preview() {
  const opened = source.value
  if (!opened) return null
  const hasPicture = opened.stream.getVideoTracks().length > 0
  return (
    <div class={`preview ${phase.value === 'paused' ? 'is-paused' : ''}`}>
      {hasPicture ? (
        <Picture opened={opened} />
      ) : (
        <LevelRing meter={opened.meter}>
          <Icon name="microphone" size={44} />
        </LevelRing>
      )}
    </div>
  )
}
