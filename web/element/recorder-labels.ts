// Every word that the element says, in the language of the page around it; an application may set its own.
import type { Progress, UploadState } from '../session/recording.ts'
import { formatClock } from '../ui/format/duration.ts'

export type RecorderLabels = {
  readonly record: string
  readonly pause: string
  readonly resume: string
  readonly stop: string
  readonly again: string
  readonly preview: string
  readonly bar: string
  readonly refused: string
  /** The line that says how much is safe. */
  readonly line: (state: UploadState | 'idle', progress: Progress | null) => string
}

/** What the line is made of. */
type LineWords = Readonly<Record<'idle' | 'recorded' | 'safe' | 'missing' | 'kept', string>>

/** Never more than an ack proves. */
const lineOf =
  ({ idle, recorded, safe, missing, kept }: LineWords): RecorderLabels['line'] =>
  (state, progress) => {
    if (state === 'idle' || !progress) return idle
    const { recordedMs, ackedMs } = progress
    const all = `${formatClock(recordedMs)} ${recorded}`
    if (state === 'safe' || state === 'ready') return `${all} · ${safe}`
    if (state === 'partial') return `${all} · ${missing}`
    if (state === 'failed') return `${all} · ${kept}`
    return `${all} · ${formatClock(Math.min(ackedMs, recordedMs))} ${safe}`
  }

const ENGLISH: RecorderLabels = {
  record: 'Record',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  again: 'Record again',
  preview: 'What is recorded',
  bar: 'Safe on the server',
  refused: 'The camera or microphone could not be opened. Allow it in the browser, then try again.',
  line: lineOf({
    idle: 'Saved to the server while you record.',
    recorded: 'recorded',
    safe: 'safe on the server',
    missing: 'a part is missing on the server',
    kept: 'kept on this device',
  }),
}

const GERMAN: RecorderLabels = {
  record: 'Aufnehmen',
  pause: 'Pause',
  resume: 'Fortsetzen',
  stop: 'Stopp',
  again: 'Noch einmal aufnehmen',
  preview: 'Was aufgenommen wird',
  bar: 'Sicher auf dem Server',
  refused:
    'Kamera oder Mikrofon konnte nicht geöffnet werden. Im Browser erlauben, dann noch einmal versuchen.',
  line: lineOf({
    idle: 'Wird während der Aufnahme auf dem Server gesichert.',
    recorded: 'aufgenommen',
    safe: 'sicher auf dem Server',
    missing: 'ein Teil fehlt auf dem Server',
    kept: 'auf diesem Gerät aufbewahrt',
  }),
}

/** @param language as in `lang`; what is not known is said in English */
export const labelsIn = (language: string): RecorderLabels =>
  /^de\b/i.test(language) ? GERMAN : ENGLISH
