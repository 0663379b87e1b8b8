// Plays a recording while it is made, near its newest moment. What this browser cannot be fed with piece by piece is
// played as the file that it is so far.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../strings/strings.ts'
import { addressIn, readDetail, type Seen } from './detail.ts'
import { FilePlayer } from './file-player.tsx'
import { feedLive, goToEdge, lagOf } from './live-feed.ts'
import { PlayerFrame } from './player-frame.tsx'
import type { Playhead } from './playhead.ts'

type LivePlayerProps = { seen: Seen; fileUrl: string; title: string; playhead: Playhead }

const RETRY_MS = 1000
/** Between these the picture runs a little faster: nobody notices, and the delay shrinks. Beyond, someone looks back. */
const CATCH_UP_S = 2.5
const LOOKS_BACK_S = 8
const CATCH_UP_RATE = 1.06

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Again and again while the recording goes on: a connection breaks, a newer take begins. */
async function follow(video: HTMLVideoElement, seen: Seen, signal: AbortSignal) {
  const address = addressIn(seen, 'live')
  while (!signal.aborted) {
    const end = await feedLive(video, address, signal).catch(() => 'over' as const)
    if (end === 'unsupported') return end
    await pause(RETRY_MS, signal)
    const now = await readDetail(seen).catch(() => null)
    if (now && now.status !== 'recording') return 'over'
  }
  return 'over'
}

function keepUp(video: HTMLVideoElement): number {
  const lag = lagOf(video)
  video.playbackRate = lag > CATCH_UP_S && lag < LOOKS_BACK_S ? CATCH_UP_RATE : 1
  return lag
}

export function LivePlayer({ seen, fileUrl, title, playhead }: LivePlayerProps) {
  const video = useRef<HTMLVideoElement>(null)
  const lag = useSignal(0)
  const isFile = useSignal(false)
  useEffect(() => {
    const leaving = new AbortController()
    if (video.current) {
      void follow(video.current, seen, leaving.signal).then((end) => {
        isFile.value = end === 'unsupported'
      })
    }
    return () => leaving.abort()
  }, [seen.id])
  if (isFile.value) return <FilePlayer address={fileUrl} title={title} playhead={playhead} />
  const behind = lag.value > LOOKS_BACK_S
  return (
    <>
      <PlayerFrame title={title}>
        {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what is being recorded */}
        <video
          ref={video}
          slot="media"
          aria-label={title}
          playsInline
          onTimeUpdate={({ currentTarget }) => {
            lag.value = keepUp(currentTarget)
          }}
        />
      </PlayerFrame>
      <p class="live-line">
        <span class="soft">{t.player.live}</span>
        {behind && (
          <button
            type="button"
            class="button quiet"
            onClick={() => video.current && goToEdge(video.current)}
          >
            {t.player.goLive}
          </button>
        )}
      </p>
    </>
  )
}
