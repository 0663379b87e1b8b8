// Which maker does which kind of job, and which kinds share a lane.
import type { JobKind } from '@holdfast/protocol'
import { makeExport } from './export-maker.ts'
import type { Maker } from './maker.ts'
import { makePosters, makeThumbnail } from './picture-makers.ts'
import { makeWaveform } from './waveform-maker.ts'

export const MAKERS: Record<JobKind, Maker> = {
  export: makeExport,
  thumbnail: makeThumbnail,
  waveform: makeWaveform,
  posters: makePosters,
}

/** An export takes as long as the recording; pictures and peaks must not wait behind it. */
export const LANES: readonly (readonly JobKind[])[] = [
  ['export'],
  ['thumbnail', 'waveform', 'posters'],
]

/** What every version gets without being asked: the library shows it. */
export const MADE_BY_ITSELF: readonly JobKind[] = ['thumbnail']
