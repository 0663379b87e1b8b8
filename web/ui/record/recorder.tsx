// The left half of the page: a stage that never changes its size, and under it what belongs to the phase.
import { useSignalEffect } from '@preact/signals'
import { roughDuration } from '../format/duration.ts'
import { countdown } from '../store/countdown.ts'
import { current, isCapturing, phase } from '../store/phase.ts'
import { asking, source } from '../store/source.ts'
import { room, watchRoom } from '../store/storage-room.ts'
import { t } from '../strings/strings.ts'
import { AskingPanel } from './asking-panel.tsx'
import { FinishPanel } from './finish-panel.tsx'
import { LevelBar } from './level-bar.tsx'
import { Preview } from './preview.tsx'
import { ProblemPanel } from './problem-panel.tsx'
import { RecordControls } from './record-controls.tsx'
import { RecordingNotices } from './recording-notices.tsx'
import { SafetyLine } from './safety-line.tsx'
import { SetUp, TitleField } from './set-up.tsx'
import { SourceChoice } from './source-choice.tsx'

const isOnStage = () => phase.value === 'ready' || isCapturing.value

function StageOverlay() {
  const meter = source.value?.meter
  return (
    <div class="overlay">
      {isCapturing.value && (
        <span class={`tally ${phase.value}`}>
          <span class="dot" aria-hidden="true" />
          {phase.value === 'paused' ? t.record.paused : t.record.live}
        </span>
      )}
      <span class="overlay-end">
        {meter ? <LevelBar meter={meter} /> : <span class="level">{t.level.none}</span>}
      </span>
    </div>
  )
}

function StageContent() {
  switch (phase.value) {
    case 'idle':
      return <SourceChoice />
    case 'asking':
      return <AskingPanel kind={asking.value ?? 'camera'} />
    case 'problem':
      return <ProblemPanel />
    case 'saving':
    case 'safe':
    case 'partial':
    case 'failed':
      return <FinishPanel />
    default:
      return (
        <>
          {/* The picture says it to those who see it. */}
          <h1 class="unseen">{t.record.heading}</h1>
          <Preview />
          <StageOverlay />
          {countdown.value !== null && (
            <span class="countdown digits" aria-hidden="true">
              {countdown}
            </span>
          )}
        </>
      )
  }
}

function RoomHint() {
  const minutes = room.value?.minutes
  if (!minutes) return null
  return <p class="soft">{t.record.room(roughDuration(minutes * 60_000, t.locale))}</p>
}

function Deck() {
  if (!isOnStage()) {
    return phase.value === 'idle' ? (
      <div class="promise">
        <p>{t.source.promise}</p>
        <p class="soft">{t.source.promiseMore}</p>
      </div>
    ) : null
  }
  return (
    <>
      <RecordControls />
      {isCapturing.value && current.value ? (
        <>
          <SafetyLine view={current.value} />
          <TitleField />
        </>
      ) : (
        <SetUp />
      )}
      <RoomHint />
      <RecordingNotices />
    </>
  )
}

export function Recorder() {
  useSignalEffect(() => {
    // Asking to keep things here for good is part of a recording's start.
    void isCapturing.value
    return source.value ? watchRoom(source.value.kind) : undefined
  })
  return (
    <section class="recorder" aria-label={t.record.heading}>
      <div class={`stage ${isOnStage() ? 'on-stage' : ''}`}>
        <StageContent />
      </div>
      <div class="deck">
        <Deck />
      </div>
    </section>
  )
}
