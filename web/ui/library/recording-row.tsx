// One recording in the list: what it is, how it stands, and what can be done with it.
import { formatBytes } from '../format/bytes.ts'
import { formatClock, isoDuration } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { deleted, deleteWithUndo, undoDelete } from '../store/deletions.ts'
import { openedId } from '../store/library.ts'
import { t } from '../strings/strings.ts'
import { downloadUrl, type RecordingInfo } from './recordings-client.ts'
import { StatusBadge } from './status-badge.tsx'
import { isPlayable } from './status-wording.ts'

type RowProps = { info: RecordingInfo }

export const titleOf = (info: RecordingInfo): string => info.title || t.library.untitled

export function RecordingFacts({ info }: RowProps) {
  const at = info.startedAt ?? info.createdAt
  return (
    <span class="facts digits">
      <time dateTime={at}>{formatMoment(new Date(at), new Date(), t.locale)}</time>
      {info.durationMs !== null && info.status !== 'recording' && (
        <time dateTime={isoDuration(info.durationMs)}>{formatClock(info.durationMs)}</time>
      )}
    </span>
  )
}

/** How it stands and how much room it takes. */
export function RecordingState({ info }: RowProps) {
  return (
    <span class="row-state digits">
      <StatusBadge status={info.status} />
      {info.bytes > 0 && info.status !== 'recording' && (
        <span class="soft">{formatBytes(info.bytes, t.locale)}</span>
      )}
    </span>
  )
}

function DeletedRow({ info }: RowProps) {
  const undo = useFocusOnMount<HTMLButtonElement>()
  return (
    <li class="row is-deleted">
      <span class="row-main">{t.library.deleted(titleOf(info))}</span>
      <button ref={undo} type="button" class="button" onClick={() => void undoDelete(info)}>
        {t.library.undo}
      </button>
    </li>
  )
}

function RowActions({ info }: RowProps) {
  const title = titleOf(info)
  return (
    <>
      {info.mediaUrl && isPlayable(info.status) && (
        <a
          class="button quiet icon"
          href={downloadUrl(info.mediaUrl)}
          download
          aria-label={t.library.downloadOf(title)}
        >
          <Icon name="download" />
        </a>
      )}
      <button
        type="button"
        class="button quiet icon"
        aria-label={t.library.deleteOf(title)}
        onClick={() => void deleteWithUndo(info)}
      >
        <Icon name="trash" />
      </button>
    </>
  )
}

export function RecordingRow({ info }: RowProps) {
  if (deleted.value.has(info.id)) return <DeletedRow info={info} />
  return (
    <li class="row">
      <button
        type="button"
        class="row-open"
        disabled={!isPlayable(info.status)}
        onClick={() => {
          openedId.value = info.id
        }}
      >
        <span class="row-play" aria-hidden="true">
          <Icon name="play" size={18} />
        </span>
        <span class="row-main">
          <span class="row-title">{titleOf(info)}</span>
          <RecordingFacts info={info} />
          <RecordingState info={info} />
        </span>
      </button>
      <RowActions info={info} />
    </li>
  )
}
