// Reading recordings, put together: files, the chunks under them, and who looks into damage. Each needs the others.
import type { Log } from '../observe/log.ts'
import type { Metrics } from '../observe/metrics.ts'
import { Verifier } from '../verify/verifier.ts'
import type { VerifyDeps } from '../verify/verify-recording.ts'
import { MediaFiles } from './media-files.ts'
import { SoundChunks } from './sound-chunks.ts'

export type OpenMedia = { media: MediaFiles; chunks: SoundChunks; verifier: Verifier }

export function openMedia(source: VerifyDeps & { log: Log; metrics: Metrics }): OpenMedia {
  const { db, store } = source
  const forget = (id: string) => media.forget(id)
  const verifier = new Verifier({ ...source, forget })
  const chunks = new SoundChunks({
    ...{ db, store },
    onMoved: forget,
    onDamage: (id, sha256) => void verifier.suspect(id, sha256),
  })
  const media = new MediaFiles({ db, store, chunks, verifier })
  return { media, chunks, verifier }
}
