// One recording in the list: what it is, how it stands, and what can be done with it.
import { formatBytes } from '../format/bytes.ts'
import { formatClock, isoDuration } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { deleteWithUndo, undoDelete } from '../store/deletions.ts'
import { openRecording } from '../store/place.ts'
import { shownLengthMs } from '../store/shown-length.ts'
import { deleted, deletedOnStage } from '../store/undo-offers.ts'
import { t } from '../strings/strings.ts'
import { hasSeveralParts, isOneFile, partsOf } from './parts.ts'
import { downloadUrl, type RecordingInfo } from './recordings-client.ts'
import { StatusBadge } from './status-badge.tsx'
import { isDeletable, isPlayable } from './status-wording.ts'

type RowProps = { info: RecordingInfo }

export const titleOf = (info: RecordingInfo): string => info.title || t.library.untitled

export function RecordingFacts({ info }: RowProps) {
  const at = info.startedAt ?? info.createdAt
  const lengthMs = shownLengthMs(info)
  return (
    <span class="facts digits">
      <time dateTime={at}>{formatMoment(new Date(at), new Date(), t.locale)}</time>
      {lengthMs !== null && <time dateTime={isoDuration(lengthMs)}>{formatClock(lengthMs)}</time>}
      {hasSeveralParts(info) && <span>{t.library.parts(partsOf(info)?.length ?? 0)}</span>}
    </span>
  )
}

/** How it stands and how much room it takes. */
export function RecordingState({ info }: RowProps) {
  return (
    <span class="row-state digits">
      <StatusBadge status={info.status} />
      {info.bytes > 0 && <span class="soft">{formatBytes(info.bytes, t.locale)}</span>}
    </span>
  )
}

function DeletedRow({ info }: RowProps) {
  const undo = useFocusOnMount<HTMLButtonElement>(!deletedOnStage.has(info.id))
  return (
    <li class="row is-deleted">
      <span class="row-main">{t.library.deleted(titleOf(info))}</span>
      <button ref={undo} type="button" class="button" onClick={() => void undoDelete(info)}>
        {t.library.undo}
      </button>
    </li>
  )
}

const open = ({ id }: RecordingInfo) => openRecording(id)

/** What is several files, or may be, is downloaded where they are listed. */
function RowDownload({ info }: RowProps) {
  if (!info.mediaUrl || !isPlayable(info.status)) return null
  const label = (hasSeveralParts(info) ? t.library.downloadPartsOf : t.library.downloadOf)(
    titleOf(info),
  )
  const look = { class: 'button quiet icon', 'aria-label': label, title: label }
  return isOneFile(info) ? (
    <a {...look} href={downloadUrl(info.mediaUrl)} download>
      <Icon name="download" />
    </a>
  ) : (
    <button {...look} type="button" onClick={() => open(info)}>
      <Icon name="download" />
    </button>
  )
}

function RowDelete({ info }: RowProps) {
  if (!isDeletable(info.status)) return null
  const label = t.library.deleteOf(titleOf(info))
  return (
    <button
      type="button"
      class="button quiet icon"
      aria-label={label}
      title={label}
      onClick={() => void deleteWithUndo(info)}
    >
      <Icon name="trash" />
    </button>
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
        onClick={() => open(info)}
      >
        <span class={info.thumbnailUrl ? 'row-play has-picture' : 'row-play'} aria-hidden="true">
          {info.thumbnailUrl && <img src={info.thumbnailUrl} alt="" loading="lazy" />}
          <Icon name="play" size={18} />
        </span>
        <span class="row-main">
          <span class="row-title" dir="auto" title={titleOf(info)}>
            {titleOf(info)}
          </span>
          <RecordingFacts info={info} />
          <RecordingState info={info} />
        </span>
      </button>
      <RowDownload info={info} />
      <RowDelete info={info} />
    </li>
  )
}
