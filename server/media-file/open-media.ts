// Reading recordings, put together: files, the chunks under them, and who looks into damage. Each needs the others.
import type { Config } from '../config.ts'
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { Scrubber } from '../verify/scrubber.ts'
import { Verifier } from '../verify/verifier.ts'
import type { VerifyDeps } from '../verify/verify-recording.ts'
import { MediaFiles } from './media-files.ts'
import { SoundChunks } from './sound-chunks.ts'

export type OpenMedia = {
  media: MediaFiles
  chunks: SoundChunks
  verifier: Verifier
  scrubber: Scrubber
}

type Source = VerifyDeps & { config: Config; log: Log; metrics: Metrics }

export function openMedia(source: Source): OpenMedia {
  const { config, db, store, log, metrics } = source
  const forget = (id: string) => media.forget(id)
  const verifier = new Verifier({ ...source, forget })
  const chunks = new SoundChunks({
    ...{ db, store },
    onMoved: forget,
    onDamage: (id, sha256) => void verifier.suspect(id, sha256),
  })
  const media = new MediaFiles({ db, store, chunks, verifier })
  const scrubber = new Scrubber({
    ...{ db, verifier, log, metrics },
    bytesPerSecond: config.scrubBytesPerSecond,
    restMs: config.scrubRestMs,
  })
  return { media, chunks, verifier, scrubber }
}
