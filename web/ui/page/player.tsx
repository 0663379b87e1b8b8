// Plays a recording in the way that it can be played: live while it is made, as one file, or part by part. Beside one file
// lie its sound, its marks and its gaps.
import { useState } from 'preact/hooks'
import { formatClock } from '../format/duration.ts'
import { isOneFile, partsOf } from '../library/parts.ts'
import { titleOf } from '../library/recording-row.tsx'
import { isPlayable } from '../library/status-wording.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import type { Detail, Seen } from './detail.ts'
import { FilePlayer } from './file-player.tsx'
import { LivePlayer } from './live-player.tsx'
import { PartsPlayer } from './parts-player.tsx'
import { Stretches } from './player-frame.tsx'
import type { Playhead } from './playhead.ts'
import { chaptersOf, gapStretches, trimStretch } from './timeline.ts'
import { Waveform } from './waveform.tsx'

export type PlayerProps = { seen: Seen; info: Detail; playhead: Playhead }

function OneFile({ seen, info, playhead }: PlayerProps) {
  // The address is signed anew with each look at the recording: the one that plays stays.
  const [address] = useState(info.mediaUrl ?? '')
  const lengthMs = playhead.lengthMs.value ?? info.durationMs ?? 0
  const chapters = chaptersOf(info.marks ?? [], lengthMs)
  const gaps = gapStretches(info, lengthMs)
  const trim = trimStretch(info, lengthMs)
  return (
    <>
      <FilePlayer
        address={address}
        title={titleOf(info)}
        playhead={playhead}
        chapters={chapters}
        gaps={gaps}
        poster={info.thumbnailUrl}
        trim={info.trim}
      />
      {lengthMs > 0 && (
        <Waveform seen={seen} version={info.version} lengthMs={lengthMs} playhead={playhead}>
          {trim && <Stretches kind="trimmed" of={[trim]} />}
          <Stretches kind="gap" of={gaps} />
          {chapters.map(({ startMs }) => (
            <span
              key={startMs}
              class="wave-mark"
              style={{ insetInlineStart: `${(100 * startMs) / lengthMs}%` }}
            />
          ))}
        </Waveform>
      )}
      {info.trim && (
        <p class="soft digits">
          {pageWords.player.trim(formatClock(info.trim.startMs), formatClock(info.trim.endMs))}
        </p>
      )}
    </>
  )
}

export function Player({ seen, info, playhead }: PlayerProps) {
  const title = titleOf(info)
  if (info.status === 'recording' && info.mediaUrl && 'MediaSource' in globalThis) {
    return <LivePlayer seen={seen} fileUrl={info.mediaUrl} title={title} playhead={playhead} />
  }
  const [first, ...others] = partsOf(info) ?? []
  if (first && others.length > 0) {
    return <PartsPlayer parts={[first, ...others]} title={title} playhead={playhead} />
  }
  if (!info.mediaUrl || !isPlayable(info.status)) return <p class="soft">{t.player.noMedia}</p>
  return <OneFile seen={seen} info={info} playhead={playhead} />
}

/** Another version is another file, and so is what is not live any more. */
export const playerKey = (info: Detail): string =>
  [info.version, info.mediaUrl !== null, info.status === 'recording', isOneFile(info)].join()
