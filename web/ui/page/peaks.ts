// The peaks of a recording's sound, as the server made them, brought to what a drawing and a sentence need. Pure.

/** audiowaveform's JSON, version 2: pairs of lowest and highest, 8 bits. */
export type Peaks = {
  readonly sample_rate: number
  readonly samples_per_pixel: number
  readonly length: number
  readonly data: readonly number[]
}

export type Bar = { readonly low: number; readonly high: number }

const FULL = 128
/** Below this nobody hears anything: −36 dB of the loudest possible. */
const SILENT = 2

export const lengthMsOf = ({ length, samples_per_pixel, sample_rate }: Peaks): number =>
  (length * samples_per_pixel * 1000) / sample_rate

/** `count` bars over `totalMs`, each between −1 and 1; where the sound has ended they are flat. */
export function barsOf(peaks: Peaks, totalMs: number, count: number): Bar[] {
  const perBar = (totalMs / lengthMsOf(peaks)) * (peaks.length / count)
  return Array.from({ length: count }, (_, at) => {
    const from = Math.floor(at * perBar)
    const to = Math.max(from + 1, Math.floor((at + 1) * perBar))
    let [low, high] = [0, 0]
    for (let pair = from; pair < Math.min(to, peaks.length); pair += 1) {
      low = Math.min(low, peaks.data[2 * pair] ?? 0)
      high = Math.max(high, peaks.data[2 * pair + 1] ?? 0)
    }
    return { low: low / FULL, high: high / FULL }
  })
}

export function silentMs({ data, ...peaks }: Peaks): number {
  let silent = 0
  for (let pair = 0; pair < peaks.length; pair += 1) {
    const loudest = Math.max(-(data[2 * pair] ?? 0), data[2 * pair + 1] ?? 0)
    if (loudest < SILENT) silent += 1
  }
  return (silent * peaks.samples_per_pixel * 1000) / peaks.sample_rate
}
