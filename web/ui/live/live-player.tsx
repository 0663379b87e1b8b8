// Plays a recording while it is made, near its newest moment. What this browser cannot be fed with piece by piece is
// played as the file that it is so far.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { liveUrl } from '../library/beside-media.ts'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { VideoPlayer } from '../library/video-player.tsx'
import { refreshRecording } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import { feedLive, goToEdge, lagOf } from './live-feed.ts'

type LivePlayerProps = { info: RecordingInfo; title: string }

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
async function follow(video: HTMLVideoElement, info: RecordingInfo, signal: AbortSignal) {
  const address = liveUrl(info)
  while (address && !signal.aborted) {
    const end = await feedLive(video, address, signal).catch(() => 'over' as const)
    if (end === 'unsupported') return end
    await pause(RETRY_MS, signal)
    const now = await refreshRecording(info.id)
    if (now && now.status !== 'recording') return 'over'
  }
  return 'over'
}

function keepUp(video: HTMLVideoElement): number {
  const lag = lagOf(video)
  video.playbackRate = lag > CATCH_UP_S && lag < LOOKS_BACK_S ? CATCH_UP_RATE : 1
  return lag
}

export function LivePlayer({ info, title }: LivePlayerProps) {
  const video = useRef<HTMLVideoElement>(null)
  const lag = useSignal(0)
  const isFile = useSignal(false)
  // The address is signed anew with each look at the recording: the one that plays stays.
  useEffect(() => {
    const leaving = new AbortController()
    if (video.current) {
      void follow(video.current, info, leaving.signal).then((end) => {
        isFile.value = end === 'unsupported'
      })
    }
    return () => leaving.abort()
  }, [info.id])
  if (isFile.value && info.mediaUrl) return <VideoPlayer address={info.mediaUrl} title={title} />
  const behind = lag.value > LOOKS_BACK_S
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody has written captions for what is being recorded */}
      <video
        ref={video}
        class="player"
        aria-label={title}
        controls
        playsInline
        onTimeUpdate={({ currentTarget }) => {
          lag.value = keepUp(currentTarget)
        }}
      />
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
