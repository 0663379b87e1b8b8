// What can be set before recording: title and devices. Both are remembered where that helps.
import { cameras, microphones } from '../store/devices.ts'
import { current, isCapturing } from '../store/phase.ts'
import { preferences } from '../store/preferences.ts'
import { title } from '../store/recording.ts'
import { reopenSource, source } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import type { CaptureSource } from './capture-source.ts'
import { DevicePicker } from './device-picker.tsx'
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
        dir="auto"
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
        <Devices opened={opened} />
      </div>
      <MoreSettings opened={opened} />
    </>
  )
}

/** The device that is open, by the name that it has in this system. */
function nameInUse({ inputs, display }: CaptureSource, kind: 'audio' | 'video'): string {
  const shared = display?.getTracks() ?? []
  return inputs.find((track) => track.kind === kind && !shared.includes(track))?.label ?? ''
}

function Devices({ opened }: { opened: CaptureSource }) {
  const { kind } = opened
  const [camera, microphone] = [nameInUse(opened, 'video'), nameInUse(opened, 'audio')]
  const hasCamera = kind === 'camera' || kind === 'both'
  const chosen = preferences.value
  return (
    <>
      {hasCamera && (
        <DevicePicker
          label={t.record.camera}
          devices={cameras.value}
          value={chosen.cameraId}
          inUse={camera}
          onPick={(cameraId) => void reopenSource({ cameraId })}
        />
      )}
      {kind === 'screen' ? (
        <DevicePicker
          label={t.record.microphone}
          devices={microphones.value}
          value={chosen.screenMicrophoneId}
          inUse={microphone}
          none={t.record.noMicrophone}
          onPick={(id) => void reopenSource({ screenMicrophoneId: id })}
        />
      ) : (
        <DevicePicker
          label={t.record.microphone}
          devices={microphones.value}
          value={chosen.microphoneId}
          inUse={microphone}
          {...(hasCamera && { none: t.record.noMicrophone })}
          onPick={(microphoneId) => void reopenSource({ microphoneId })}
        />
      )}
    </>
  )
}
