// Record, stop, pause. Record and Stop are one button in one place: the second click needs no aim, and
// the focus stays where it is.
import { formatClock, isoDuration } from '../format/duration.ts'
import { useFocusOnMount } from '../shell/focus-on-mount.ts'
import { Icon } from '../shell/icon.tsx'
import { countdown } from '../store/countdown.ts'
import { current, isCapturing, phase } from '../store/phase.ts'
import {
  clearStage,
  isStarting,
  markMoment,
  marks,
  pressRecord,
  stopRecording,
  togglePause,
} from '../store/recording.ts'
import { source } from '../store/source.ts'
import { t } from '../strings/strings.ts'

function Clock() {
  const ms = current.value?.progress.value.recordedMs ?? 0
  return (
    <p class="clock digits">
      <span class="unseen">{t.record.clock}: </span>
      <time dateTime={isoDuration(ms)}>{formatClock(ms)}</time>
    </p>
  )
}

function MainButton() {
  const button = useFocusOnMount<HTMLButtonElement>()
  const run = ({ detail: clicks }: MouseEvent) => {
    if (!isCapturing.value) pressRecord()
    // Who double-clicks everything must not end with the second click what the first began.
    else if (clicks < 2) void stopRecording()
  }
  const isCounting = countdown.value !== null
  return (
    <button
      ref={button}
      type="button"
      class="button record"
      aria-keyshortcuts="R"
      aria-busy={isStarting.value}
      onClick={run}
    >
      <span class={isCapturing.value ? 'sign-stop' : 'sign-record'} aria-hidden="true" />
      {isCapturing.value ? t.record.stop : isCounting ? t.countdown.cancel : t.record.start}
    </button>
  )
}

function SideButton() {
  if (!isCapturing.value) {
    const kind = source.value?.kind ?? 'camera'
    return (
      <button
        type="button"
        class="button quiet"
        aria-label={t.record.putAwayOf[kind]}
        aria-keyshortcuts="Escape"
        onClick={clearStage}
      >
        {t.record.putAway[kind]}
      </button>
    )
  }
  const isPaused = phase.value === 'paused'
  return (
    <span class="side">
      <MarkButton />
      <button type="button" class="button" aria-keyshortcuts="P" onClick={togglePause}>
        <Icon name={isPaused ? 'play' : 'pause'} />
        {isPaused ? t.record.resume : t.record.pause}
      </button>
    </span>
  )
}

function MarkButton() {
  return (
    <button
      type="button"
      class="button quiet icon mark"
      title={t.marks.add}
      aria-keyshortcuts="M"
      onClick={markMoment}
    >
      <Icon name="mark" />
      <span class="unseen">{t.marks.add} </span>
      <span class="mark-word" aria-hidden="true">
        {t.marks.short}
      </span>
      {marks.value > 0 && <span class="count digits">{marks}</span>}
    </button>
  )
}

export function RecordControls() {
  return (
    <div class="controls">
      <Clock />
      <MainButton />
      <SideButton />
    </div>
  )
}
