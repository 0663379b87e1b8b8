// The posters as a WebVTT track: which picture belongs to which minute, as players' scrub bars read it.
import { POSTER_EVERY_MS } from './picture-makers.ts'

/** @param query what each picture's address needs besides its number */
export function writePosterTrack(count: number, query: URLSearchParams): string {
  const cues = Array.from({ length: count }, (_, n) => {
    const [from, to] = [n * POSTER_EVERY_MS, (n + 1) * POSTER_EVERY_MS].map(clock)
    return `${from} --> ${to}\nposters/${n}.jpg?${query}\n`
  })
  return ['WEBVTT\n', ...cues].join('\n')
}

function clock(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(hours)}:${two(minutes)}:${(ms / 1000) % 60 < 10 ? '0' : ''}${((ms / 1000) % 60).toFixed(3)}`
}
