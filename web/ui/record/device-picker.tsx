// Chooses one device of a kind. The list is the system's own control: it works by touch, key and voice.
import type { Device } from '../store/devices.ts'
import { t } from '../strings/strings.ts'

type DevicePickerProps = {
  label: string
  devices: readonly Device[]
  value: string | null
  /** What the system chose where nothing else was picked; '' while that is not known. */
  inUse: string
  /** The choice of no device at all, where that is one. */
  none?: string
  onPick: (id: string | null) => void
}

const NONE = 'none'

/** Chromium calls the system's choice "Default - Name", in its own language. */
function wordDefault(inUse: string, devices: readonly Device[]): string {
  if (!inUse) return t.record.systemDefault
  const known = devices.find(({ label }) => label !== '' && inUse.endsWith(label))
  return t.record.systemDefaultOf(known?.label ?? inUse)
}

export function DevicePicker({ label, devices, value, inUse, none, onPick }: DevicePickerProps) {
  const isKnown = devices.some((device) => device.id === value)
  const selected = value === null && none ? NONE : isKnown ? (value ?? '') : ''
  return (
    <label class="field">
      <span>{label}</span>
      <select
        class="input"
        value={selected}
        onChange={({ currentTarget }) =>
          onPick(currentTarget.value === NONE ? null : currentTarget.value)
        }
      >
        <option value="">
          {selected === '' ? wordDefault(inUse, devices) : t.record.systemDefault}
        </option>
        {devices.map((device, index) => (
          <option key={device.id} value={device.id}>
            {device.label || t.record.unnamed(index + 1)}
          </option>
        ))}
        {none && <option value={NONE}>{none}</option>}
      </select>
    </label>
  )
}
