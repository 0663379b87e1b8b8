// Whether a recording is safe, in one sentence and the next step. Pure. Says no more than the server confirmed, and first
// what is only on this device.
import { formatBytes } from '../format/bytes.ts'
import { formatClock } from '../format/duration.ts'
import { isOneFile } from '../library/parts.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import type { Detail } from './detail.ts'
import type { Device } from './on-device.ts'

const words = pageWords.verdict

export type Verdict = {
  readonly tone: 'good' | 'care' | 'bad' | 'plain' | 'live'
  readonly says: string
  readonly hint: string
}

/** What this browser still has of it. */
export type Unsent = { readonly bytes: number; readonly isStuck: boolean }

export function verdictOf(info: Detail, unsent: Unsent | null): Verdict {
  // A recording that runs always has a little that is on its way.
  if (unsent && info.status !== 'recording') {
    const hint = unsent.isStuck ? words.deviceStuck : words.deviceHint
    return { tone: 'care', says: words.device(formatBytes(unsent.bytes, t.locale)), hint }
  }
  switch (info.status) {
    case 'recording':
      return verdictOfRunning(info)
    case 'finalizing':
      return { tone: 'plain', says: words.finalizing, hint: words.finalizingHint }
    case 'failed':
      return { tone: 'bad', says: words.failed, hint: hintOfFailed(info) }
    case 'empty':
      return { tone: 'plain', says: words.empty, hint: words.emptyHint }
    case 'incomplete':
      return { tone: 'care', says: gapWords(info), hint: `${gapPlaces(info)}${words.gapsHint}` }
    case 'ready':
      return verdictOfReady(info)
  }
}

/** Of what only this device knows. */
export function deviceVerdict(device: Device, isAway: boolean): Verdict {
  const { bytes, isStuck, isElsewhere } = device
  if (bytes === 0) return { tone: 'plain', says: words.deviceEmpty, hint: words.deviceEmptyHint }
  const says = words.device(formatBytes(bytes, t.locale))
  const sending = isElsewhere ? words.deviceElsewhere : words.deviceHint
  const hint = isStuck ? words.deviceStuck : isAway ? words.deviceAwayHint : sending
  return { tone: 'care', says, hint }
}

function verdictOfRunning({ durationMs, chunks }: Detail): Verdict {
  const says = chunks > 0 ? words.recording(formatClock(durationMs ?? 0)) : words.recordingStart
  return { tone: 'live', says, hint: words.recordingHint }
}

/** Without a stop nobody knows how much there was: only what came is known to be safe. */
function verdictOfReady({ pending, complete }: Detail): Verdict {
  if (pending) return { tone: 'plain', says: words.pending, hint: words.pendingHint }
  if (complete) return { tone: 'good', says: words.safe, hint: words.safeHint }
  return { tone: 'good', says: words.arrived, hint: words.arrivedHint }
}

function hintOfFailed({ lastError }: Detail): string {
  return lastError ? `${words.failedWhy(lastError)} ${words.failedHint}` : words.failedHint
}

/** How long what is missing is, where the media tell. */
function gapWords({ gaps = [] }: Detail): string {
  const lengths = gaps.map(({ fromMs, toMs }) =>
    fromMs === null || toMs === null ? null : toMs - fromMs,
  )
  if (gaps.length === 0 || lengths.includes(null)) return words.gapsSome
  return words.gaps(secondsOf(lengths.reduce<number>((sum, ms) => sum + (ms ?? 0), 0)))
}

/** More than anybody reads. */
const MAX_PLACES = 5

/** Where they begin, where there is one file whose times these are. */
function gapPlaces(info: Detail): string {
  const starts = (info.gaps ?? []).flatMap(({ fromMs }) => (fromMs === null ? [] : [fromMs]))
  if (starts.length === 0 || !isOneFile(info)) return ''
  const shown = starts.slice(0, MAX_PLACES).map(formatClock)
  const places = starts.length > MAX_PLACES ? [...shown, '…'] : shown
  const list = new Intl.ListFormat(t.locale, { type: 'conjunction' })
  return `${words.gapsAt(list.format(places))} `
}

/** `0.8 s`, `12 s`, `1:05`. */
export function secondsOf(ms: number): string {
  if (ms >= 60_000) return formatClock(ms)
  const digits = ms < 10_000 ? 1 : 0
  const number = new Intl.NumberFormat(t.locale, { maximumFractionDigits: digits })
  return pageWords.player.seconds(number.format(ms / 1000))
}
