// The cameras and microphones that the system names, kept current as they come and go.
// Names are empty until the person allowed one: then the list is read again.
import { signal } from '@preact/signals'

export type Device = { id: string; label: string }

export const cameras = signal<readonly Device[]>([])
export const microphones = signal<readonly Device[]>([])

function named(devices: readonly MediaDeviceInfo[], kind: MediaDeviceKind): Device[] {
  return devices
    .filter((device) => device.kind === kind && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }))
}

export async function readDevices(): Promise<void> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  cameras.value = named(devices, 'videoinput')
  // Chromium repeats the system's choice as a device named "default": that is our first option.
  microphones.value = named(devices, 'audioinput').filter(({ id }) => id !== 'default')
}

export function watchDevices(): void {
  navigator.mediaDevices?.addEventListener('devicechange', () => void readDevices())
}
