// After Stop: how much is still to be sent, then that all is safe. Says when the page may be closed.
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Recording } from '../../index.ts'
import { formatClock } from '../format/duration.ts'
import { UnsentActions } from '../recovery/unsent-actions.tsx'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { InstallOffer } from '../shell/install-offer.tsx'
import { current, isOver, phase } from '../store/phase.ts'
import { openRecording } from '../store/place.ts'
import { clearStage, recordAgain } from '../store/recording.ts'
import { endedByLoss } from '../store/source-loss.ts'
import { gone } from '../store/undo-offers.ts'
import { partsOf, type UploadView, viewUpload } from '../store/upload-view.ts'
import { sendingOthers } from '../store/uploads.ts'
import { sayError } from '../strings/say-error.ts'
import { t } from '../strings/strings.ts'
import type { AfterFinish } from './after-finish.tsx'
import { DeletedPanel, deletedOf, GonePanel } from './deleted-panel.tsx'
import { SafetyLine } from './safety-line.tsx'

type PanelProps = { view: UploadView<Recording> }

function Saving({ view }: PanelProps) {
  const isOnline = view.connection.value.online
  const isOnDisk = !view.bufferLoss.value || view.progress.value.memoryBytes === 0
  const kept = isOnDisk ? t.safety.kept : t.safety.keptInPage
  const hint = isOnDisk ? t.safety.savingHint : t.safety.savingInPage
  const awayHint = isOnDisk ? t.safety.savingAway : t.safety.savingInPageAway
  const refusal = view.refusal.value
  // Refused for good before the stop: the last slice is still kept here, and nothing is sent any more.
  const isRefused = refusal !== null && view.state.value === 'stopping'
  return (
    <>
      <span class="panel-icon">
        <Icon name="up" size={30} />
      </span>
      <h1>{isOnline ? t.safety.saving : kept}</h1>
      <p>{isRefused ? sayError(refusal) : isOnline ? hint : awayHint}</p>
      <SafetyLine view={view} />
    </>
  )
}

function Saved({ view }: PanelProps) {
  const clock = formatClock(view.progress.value.recordedMs)
  return (
    <>
      <span class="panel-icon good">
        <Icon name="check" size={30} />
      </span>
      <h1>{t.safety.saved}</h1>
      <p>
        {t.safety.savedPlain(clock)} {sendingOthers.value.length === 0 && t.safety.savedHint}
      </p>
    </>
  )
}

/** All that could be sent is on the server; a part is not, and what is left of it is here to be kept. */
function Partial({ view }: PanelProps) {
  const isHere = view.progress.value.waitingBytes > 0
  const trouble = view.error.value
  return (
    <>
      <div role="alert">
        <h1>{t.safety.partial}</h1>
        <p>{trouble && sayError(trouble)}</p>
        <p>{isHere ? t.safety.partialHint : t.safety.lostHint}</p>
      </div>
      <LeftHere view={view} />
    </>
  )
}

/** What no server has, of each recording that was made: to be kept or discarded. */
function LeftHere({ view }: PanelProps) {
  const parts = useMemo(() => partsOf(view.upload).map((part) => viewUpload(part)), [view])
  return parts
    .filter((part) => part.progress.value.waitingBytes > 0)
    .map((part) => (
      <UnsentActions
        key={part.upload.id}
        one={{ ...part, isFound: false }}
        title={part.upload.title || t.library.untitled}
      />
    ))
}

/** Trouble with this device may have come after the refusal, and is not why it ended. */
function Failed({ view }: PanelProps) {
  const trouble = view.refusal.value ?? view.error.value
  const isHere = view.progress.value.waitingBytes > 0
  return (
    <>
      <div role="alert">
        <h1>{t.notice.failed(trouble ? sayError(trouble) : '')}</h1>
        {isHere && <p>{t.recovery.refused}</p>}
      </div>
      <LeftHere view={view} />
    </>
  )
}

function Actions({ id }: { id: string }) {
  const again = useFocusOnMount<HTMLButtonElement>()
  const isSaved = phase.value === 'safe'
  return (
    <div class="actions">
      {isSaved && (
        <button
          type="button"
          class="button main"
          onClick={() => {
            openRecording(id)
          }}
        >
          <Icon name="play" />
          {t.record.play}
        </button>
      )}
      <button ref={again} type="button" class="button" onClick={() => void recordAgain()}>
        {isSaved ? t.record.again : t.record.another}
      </button>
      {isSaved && (
        <button type="button" class="button quiet" onClick={clearStage}>
          {t.app.done}
        </button>
      )}
    </div>
  )
}

/** Whoever only records does not need it: fetched while "safe" is read. */
function Afterwards({ ids }: { ids: readonly string[] }) {
  const [fetched, setFetched] = useState<{ component: typeof AfterFinish } | null>(null)
  useEffect(() => {
    const show = (found: { AfterFinish: typeof AfterFinish }) =>
      setFetched({ component: found.AfterFinish })
    // Without it the recording is as safe as with it, and its page offers the same.
    import('./after-finish.tsx').then(show, () => undefined)
  }, [])
  return fetched && <fetched.component ids={ids} />
}

export function FinishPanel() {
  const view = current.value
  if (!view) return null
  const ids = partsOf(view.upload).map(({ id }) => id)
  if (deletedOf(ids).length > 0) return <DeletedPanel ids={ids} />
  // What had all arrived is gone there. Where something is left here, that is said.
  if (
    isOver.value &&
    view.progress.value.waitingBytes === 0 &&
    ids.some((id) => gone.value.has(id))
  ) {
    return <GonePanel title={view.upload.title} />
  }
  return (
    <div class="panel">
      {phase.value === 'saving' && <Saving view={view} />}
      {phase.value === 'safe' && <Saved view={view} />}
      {phase.value === 'partial' && <Partial view={view} />}
      {phase.value === 'failed' && <Failed view={view} />}
      {endedByLoss.value && <p class="soft">{t.notice.sourceLost}</p>}
      <Actions id={view.upload.id} />
      {phase.value === 'safe' && <Afterwards ids={ids} />}
      {phase.value === 'safe' && <InstallOffer />}
    </div>
  )
}
