// What a person should know while they record or are about to, each with its next step.

import { Notice } from '../shell/notice.tsx'
import { mayScreenSleep } from '../shell/wake-lock.ts'
import { isCapturing } from '../store/phase.ts'
import { replaceLostSource, startError } from '../store/recording.ts'
import { mutedInputs, problem, source } from '../store/source.ts'
import { isReplaceable, loss } from '../store/source-loss.ts'
import { t } from '../strings/strings.ts'
import { problemWords } from './problem-words.ts'
import { StorageNotices } from './storage-notices.tsx'

function LossNotice() {
  if (!loss.value) return null
  const alone = {
    camera: t.notice.cameraLost,
    microphone: t.notice.microphoneLost,
    screen: t.notice.screenEnded,
  }
  const text = (source.value?.kind === 'both' ? t.notice.restGoesOn : alone)[loss.value]
  const action = isReplaceable.value
    ? { label: t.notice.reopen, run: () => void replaceLostSource() }
    : undefined
  return (
    <Notice tone="care" role="alert" action={action}>
      {text}
    </Notice>
  )
}

/** Another device was asked for while recording, and there is none. */
function ProblemNotice() {
  if (!problem.value) return null
  const { title, hint } = problemWords(problem.value, navigator.userAgent)
  return (
    <Notice tone="care">
      {title}. {hint}
    </Notice>
  )
}

function SoundNotice() {
  const opened = source.value
  const missing = opened?.soundProblem
  if (missing) {
    return <Notice tone="care">{problemWords(missing, navigator.userAgent).title}</Notice>
  }
  if (mutedInputs.value.length > 0) return <Notice tone="care">{t.notice.muted}</Notice>
  return opened?.meter?.isSilent.value ? <Notice tone="care">{t.level.silence}</Notice> : null
}

export function RecordingNotices() {
  const isPhone = matchMedia('(pointer: coarse)').matches
  return (
    <div class="notices">
      {startError.value && (
        <Notice tone="bad" role="alert">
          {startError.value}
        </Notice>
      )}
      <LossNotice />
      <ProblemNotice />
      <StorageNotices />
      <SoundNotice />
      {mayScreenSleep.value && <p class="soft">{t.notice.keepScreenOn}</p>}
      {isPhone && !isCapturing.value && <p class="soft">{t.notice.mobile}</p>}
    </div>
  )
}
