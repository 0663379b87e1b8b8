// Makes the peaks of a recording's sound.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runFfmpeg } from './ffmpeg-run.ts'
import { type Made, type Making, runOver, trackOf } from './maker.ts'
import { PEAKS_RATE, PeaksWriter, samplesPerPixel } from './peaks.ts'

export async function makeWaveform(making: Making): Promise<Made> {
  if (trackOf(making.media, 'audio') === null) return null
  const peaks = new PeaksWriter(samplesPerPixel(making.media.durationMs))
  await runFfmpeg({
    ...runOver(making),
    video: null,
    // Silence where nothing was recorded: a peak's place is its time.
    audio: {
      codec: 'pcm_s16le',
      filters: ['aresample=async=1000:first_pts=0'],
      options: ['-ac', '1', '-ar', String(PEAKS_RATE), '-map', '0:a:0'],
    },
    format: 's16le',
    output: peaks,
  })
  const file = 'waveform.json'
  await writeFile(join(making.folder, file), JSON.stringify(peaks.peaks()), { mode: 0o600 })
  return { file }
}
