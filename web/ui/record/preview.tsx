// The picture on the stage: what the camera or the screen shows, or the voice when there is no picture.
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shell/icon.tsx'
import { phase } from '../store/phase.ts'
import { source } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import type { SourcePart } from './capture-source.ts'
import { LevelRing } from './level-ring.tsx'

function Picture({ part, label }: { part: SourcePart; label: string }) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = part.stream
  }, [part])
  return (
    <video
      ref={video}
      class={`picture ${part.kind}`}
      aria-label={label}
      autoplay
      muted
      playsInline
    />
  )
}

function Pictures({ parts }: { parts: readonly SourcePart[] }) {
  return (
    <>
      {parts.map((part) => (
        <figure class="beside" key={part.kind}>
          <Picture part={part} label={t.record.previewOf[part.kind]} />
          <figcaption aria-hidden="true">{t.source[part.kind]}</figcaption>
        </figure>
      ))}
    </>
  )
}

export function Preview() {
  const opened = source.value
  const [first, ...more] = opened?.parts ?? []
  if (!opened || !first) return null
  const hasPicture = first.stream.getVideoTracks().length > 0
  return (
    <div
      class={`preview ${more.length > 0 ? 'has-two' : ''} ${phase.value === 'paused' ? 'is-paused' : ''}`}
    >
      {more.length > 0 && <Pictures parts={opened.parts} />}
      {more.length === 0 && hasPicture && <Picture part={first} label={t.record.preview} />}
      {more.length === 0 && !hasPicture && (
        <LevelRing meter={opened.meter}>
          <Icon name="microphone" size={44} />
        </LevelRing>
      )}
    </div>
  )
}
