// Offers to play a recording together with those of its group, and does so in its place.
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { titleOf } from '../library/recording-row.tsx'
import type { RecordingInfo } from '../library/recordings-client.ts'
import { isPlayable } from '../library/status-wording.ts'
import { toast } from '../store/speech.ts'
import { groupWords } from '../strings/group-words.ts'
import { t } from '../strings/strings.ts'
import { readGroup } from './group-client.ts'
import type { Companion, GroupPlayer } from './group-player.tsx'

/** All members that play, the recording itself among them; fewer than two is no group. */
function useCompanions(group: string | null | undefined): readonly Companion[] {
  const [companions, setCompanions] = useState<readonly Companion[]>([])
  useEffect(() => {
    if (!group) return
    const take = async () => {
      const { recordings } = await readGroup(group)
      setCompanions(recordings.flatMap(companionOf))
    }
    // Without an answer the recording plays alone, as it would without a group.
    take().catch(() => undefined)
  }, [group])
  return companions
}

/** Real time between takes, so that one distance holds from beginning to end. */
function companionOf(info: RecordingInfo & { offsetMs: number | null }): Companion[] {
  const { id, mediaUrl, offsetMs, status } = info
  if (mediaUrl === null || offsetMs === null || !isPlayable(status)) return []
  return [{ id, title: titleOf(info), address: `${mediaUrl}&pauses=kept`, offsetMs }]
}

type TogetherProps = { info: RecordingInfo; children: ComponentChildren }

export function Together({ info, children }: TogetherProps) {
  const companions = useCompanions(info.group)
  const [Player, setPlayer] = useState<{ component: typeof GroupPlayer } | null>(null)
  // Most recordings have no group: its player is fetched when it is wanted.
  const open = async () => {
    try {
      const { GroupPlayer: component } = await import('./group-player.tsx')
      setPlayer({ component })
    } catch {
      toast(t.connection.away)
    }
  }
  const toggle = () => (Player ? setPlayer(null) : void open())
  if (companions.length < 2 || info.status === 'recording') return <>{children}</>
  return (
    <>
      {Player ? <Player.component companions={companions} /> : children}
      <div class="group-line">
        <span class="soft">{groupWords.madeTogether(companions.length)}</span>
        <button type="button" class="button" onClick={toggle}>
          {Player ? groupWords.alone : groupWords.together}
        </button>
      </div>
    </>
  )
}
