// What a maker gets and gives: one attempt at making one thing out of one version of a recording. A maker reads the
// virtual file, writes into the attempt's folder, and touches neither the ledger nor the recording.
import type { TrackInfo } from '@holdfast/media'
import type { OpenedMedia } from '../media-file/media-files.ts'
import type { Limits } from './fence.ts'
import type { Demuxer, Ffmpeg, FfmpegRun } from './ffmpeg-run.ts'
import type { KeptParts } from './kept-parts.ts'

export type Making = {
  readonly media: OpenedMedia
  /** Where its takes do not go together in one file: each of them. Else `media` alone. */
  readonly openParts: () => Promise<OpenedMedia[]>
  readonly ffmpeg: Ffmpeg
  readonly limits: Limits
  /** Empty, the attempt's own. */
  readonly folder: string
  /** What is finished for good on the way. */
  readonly parts: Pick<KeptParts, 'once'>
  /** How much media a part holds at least. */
  readonly partMs: number
  /** Percent. */
  readonly report: (progress: number) => void
  readonly signal: AbortSignal
}

/** `file` is a name in the attempt's folder. null: the recording has nothing that this could be made from. */
export type Made = { file: string; parts?: readonly (readonly [number, number])[] } | null

export type Maker = (making: Making) => Promise<Made>

/** What is the same in every run of ffmpeg over a recording. */
export function runOver({ media, ffmpeg, limits, folder, report, signal }: Making) {
  const { durationMs } = media
  return {
    ...{ ffmpeg, limits, folder, signal },
    input: media.bytes(0, media.size),
    demuxer: demuxerOf(media),
    onProgress: (doneMs: number) => {
      // 100 is for what is durable and committed.
      if (durationMs) report(Math.min(99, Math.floor((doneMs * 100) / durationMs)))
    },
  } satisfies Partial<FfmpegRun>
}

/** By what the bytes are; where they did not parse, by what their sender called them. */
function demuxerOf({ container, contentType }: OpenedMedia): Demuxer {
  if (container === 'raw') return contentType.includes('mp4') ? 'mp4' : 'matroska'
  return container === 'mp4' ? 'mp4' : 'matroska'
}

/** The first track of a kind; `unknown` where the bytes did not parse: then ffmpeg may look for one. */
export function trackOf(media: OpenedMedia, kind: 'video' | 'audio'): TrackInfo | 'unknown' | null {
  if (media.container === 'raw') return 'unknown'
  return media.tracks.find((track) => track.kind === kind) ?? null
}

/**
 * Frames keep their times, none is doubled or dropped to make an even rate. The option's name changed with ffmpeg 5.1.
 */
export function keepFrameTimes({ version }: Ffmpeg): string[] {
  const [, major = 99, minor = 0] = (/^n?(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  return [major < 5 || (major === 5 && minor < 1) ? '-vsync' : '-fps_mode', 'vfr']
}
