// What this browser remembers between visits: the last source, devices and choices. Never anything recorded.
import { effect, signal } from '@preact/signals'
import { SOURCE_KINDS, type SourceKind } from '../record/media-problem.ts'
import { QUALITIES, type Quality } from '../record/quality.ts'

export type Preferences = {
  source: SourceKind
  cameraId: string | null
  /** '' = the system's choice, null = none. */
  microphoneId: string | null
  /** A screen is often shown without a voice: it has its own answer. */
  screenMicrophoneId: string | null
  quality: Quality
  /** Seconds between the click and the recording. */
  countdown: 0 | 3
  /** Screen and camera as two recordings, or as one picture. */
  layout: Layout
  /** The upload rate that the last recording saw, in bits a second. */
  uploadBits: number | null
  /** null = what the browser asks for. */
  language: Language | null
}

export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

export const LAYOUTS = ['two', 'one'] as const
export type Layout = (typeof LAYOUTS)[number]

const KEY = 'holdfast.preferences'

const DEFAULTS: Preferences = {
  source: 'camera',
  cameraId: null,
  microphoneId: '',
  screenMicrophoneId: null,
  quality: 'standard',
  countdown: 0,
  layout: 'two',
  uploadBits: null,
  language: null,
}

const textOr = <T>(value: unknown, fallback: T) =>
  typeof value === 'string' || value === null ? value : fallback

/** Reads what was stored; anything else than expected counts as not stored. */
export function readPreferences(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>>
  try {
    stored = { ...JSON.parse(text ?? '{}') }
  } catch {
    return DEFAULTS
  }
  return {
    source: SOURCE_KINDS.find((kind) => kind === stored.source) ?? DEFAULTS.source,
    cameraId: textOr(stored.cameraId, DEFAULTS.cameraId),
    microphoneId: textOr(stored.microphoneId, DEFAULTS.microphoneId),
    screenMicrophoneId: textOr(stored.screenMicrophoneId, DEFAULTS.screenMicrophoneId),
    quality: QUALITIES.find((quality) => quality === stored.quality) ?? DEFAULTS.quality,
    countdown: stored.countdown === 3 ? 3 : DEFAULTS.countdown,
    layout: LAYOUTS.find((layout) => layout === stored.layout) ?? DEFAULTS.layout,
    uploadBits: typeof stored.uploadBits === 'number' ? stored.uploadBits : DEFAULTS.uploadBits,
    language: LANGUAGES.find((language) => language === stored.language) ?? DEFAULTS.language,
  }
}

/** What is stored now. Without storage nothing is. */
export function storedPreferences(): Preferences {
  try {
    return readPreferences(localStorage.getItem(KEY))
  } catch {
    return DEFAULTS
  }
}

export const preferences = signal<Preferences>(DEFAULTS)

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change }
}

/** Loads what is stored and keeps it stored. Without storage everything works, but is forgotten. */
export function keepPreferences(storage: () => Storage): void {
  try {
    preferences.value = readPreferences(storage().getItem(KEY))
    effect(() => storage().setItem(KEY, JSON.stringify(preferences.value)))
  } catch (error) {
    console.info('Preferences are not kept in this browser', error)
  }
}
