// What can be set before recording: title and devices. Both are remembered where that helps.
import { cameras, microphones } from '../store/devices.ts'
import { preferences } from '../store/preferences.ts'
import { title } from '../store/recording.ts'
import { reopenSource, source } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import { DevicePicker } from './device-picker.tsx'

function TitleField() {
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
      />
    </label>
  )
}

export function SetUp() {
  const kind = source.value?.kind
  const hasCamera = kind === 'camera' || kind === 'both'
  const chosen = preferences.value
  return (
    <div class="set-up">
      <TitleField />
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
    </div>
  )
}
