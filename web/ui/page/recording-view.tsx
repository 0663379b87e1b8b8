// A recording, looked at: whether it is safe, the player, what happened, its chunks, and what can be done.
import { useMemo, useRef } from 'preact/hooks'
import { Together } from '../group/together.tsx'
import { RecordingFacts, RecordingState, titleOf } from '../library/recording-row.tsx'
import { Notice } from '../shell/notice.tsx'
import { pageWords } from '../strings/page-words.ts'
import '../styles/page.css'
import { Actions, Proof } from './actions.tsx'
import { ChunkMap } from './chunk-map.tsx'
import type { Detail } from './detail.ts'
import { DevicePart } from './device-part.tsx'
import { DeviceView } from './device-view.tsx'
import { MarkList } from './mark-list.tsx'
import { canUndo, Missing } from './missing.tsx'
import type { Device } from './on-device.ts'
import type { Own } from './own-upload.ts'
import type { PageState } from './page-state.ts'
import { Player, playerKey } from './player.tsx'
import { createPlayhead, type Playhead } from './playhead.ts'
import { Skeleton } from './skeleton.tsx'
import { Story } from './story.tsx'
import { verdictOf } from './verdict.ts'
import { VerdictBanner } from './verdict-banner.tsx'

type ViewProps = {
  state: PageState
  /** What this page sends of it; null = nothing, or somebody else's. */
  own: Own | null
  /** What lies here of it, should the server tell nothing. */
  device: Device | null
}

type WatchingProps = { state: PageState; info: Detail; playhead: Playhead }

function Watching({ state, info, playhead }: WatchingProps) {
  const { seen } = state
  const player = <Player key={playerKey(info)} seen={seen} info={info} playhead={playhead} />
  // The list of a group is the administrator's.
  return seen.access === null ? <Together info={info}>{player}</Together> : player
}

function Shown({ state, own, info }: Omit<ViewProps, 'device'> & { info: Detail }) {
  const playhead = useMemo(createPlayhead, [])
  const main = useRef<HTMLDivElement>(null)
  return (
    <>
      <header class="page-head">
        <h1 tabIndex={-1} dir="auto">
          {titleOf(info)}
        </h1>
        <p class="page-facts">
          <RecordingFacts info={info} />
          <RecordingState info={info} />
        </p>
      </header>
      {state.isAway.value && <Notice tone="care">{pageWords.verdict.away}</Notice>}
      <VerdictBanner verdict={verdictOf(info, own?.unsent ?? null)} />
      <div class="page-columns">
        <div class="page-main" ref={main}>
          <Watching state={state} info={info} playhead={playhead} />
          <Actions state={state} video={() => main.current?.querySelector('video') ?? null} />
          {own?.other && <DevicePart one={own.other} />}
          <MarkList info={info} playhead={playhead} />
        </div>
        <Story seen={state.seen} info={info} />
        <ChunkMap takes={info.takes} own={own?.chunks ?? []}>
          <Proof state={state} />
        </ChunkMap>
      </div>
    </>
  )
}

export function RecordingView({ state, own, device }: ViewProps) {
  const info = state.info.value
  const standing = state.standing.value
  if (standing === 'loading') return <Skeleton />
  if (standing === 'there' && info) return <Shown state={state} own={own} info={info} />
  if (device && !canUndo(state)) return <DeviceView device={device} standing={standing} />
  return <Missing state={state} standing={standing} />
}
