// What can be set before recording: title and devices. Both are remembered where that helps.
import { cameras, microphones } from '../store/devices.ts'
import { current, isCapturing } from '../store/phase.ts'
import { preferences } from '../store/preferences.ts'
import { title } from '../store/recording.ts'
import { reopenSource, source } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import { DevicePicker } from './device-picker.tsx'
import type { SourceKind } from './media-problem.ts'
import { MoreSettings } from './more-settings.tsx'

/** While recording it is saved when the field is left. */
export function TitleField() {
  const save = () => {
    if (isCapturing.value) current.value?.upload.rename(title.value.trim() || null)
  }
  return (
    <label class="field">
      <span>{t.record.title}</span>
      <input
        class="input"
        type="text"
        maxLength={200}
        placeholder={t.record.titlePlaceholder}
        value={title}
        onInput={({ currentTarget }) => {
          title.value = currentTarget.value
        }}
        onChange={save}
      />
    </label>
  )
}

export function SetUp() {
  const opened = source.value
  if (!opened) return null
  return (
    <>
      <div class="set-up">
        <TitleField />
        <Devices kind={opened.kind} />
      </div>
      <MoreSettings opened={opened} />
    </>
  )
}

function Devices({ kind }: { kind: SourceKind }) {
  const hasCamera = kind === 'camera' || kind === 'both'
  const chosen = preferences.value
  return (
    <>
      {hasCamera && (
        <DevicePicker
          label={t.record.camera}
          devices={cameras.value}
          value={chosen.cameraId}
          onPick={(cameraId) => void reopenSource({ cameraId })}
        />
      )}
      {kind === 'screen' ? (
        <DevicePicker
          label={t.record.microphone}
          devices={microphones.value}
          value={chosen.screenMicrophoneId}
          none={t.record.noMicrophone}
          onPick={(id) => void reopenSource({ screenMicrophoneId: id })}
        />
      ) : (
        <DevicePicker
          label={t.record.microphone}
          devices={microphones.value}
          value={chosen.microphoneId}
          {...(hasCamera && { none: t.record.noMicrophone })}
          onPick={(microphoneId) => void reopenSource({ microphoneId })}
        />
      )}
    </>
  )
}
