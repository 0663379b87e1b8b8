// The bytes of a recording as the server would serve them: as recorded, or as MP4, which is encoded here or by a server beside
// us where there is no other way.

import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JobName, type ReadJob, readJob, readRecording } from '@holdfast/db'
import { HoldfastError } from '@holdfast/protocol'
import { findFfmpeg } from '../../../server/jobs/ffmpeg-program.ts'
import { Jobs } from '../../../server/jobs/jobs.ts'
import type { MediaFiles, Shape } from '../../../server/media-file/media-files.ts'
import { openMedia } from '../../../server/media-file/open-media.ts'
import type { Workbench } from '../workbench.ts'

export type MediaSource = { size: number; type: string; bytes: AsyncIterable<Uint8Array> }

const POLL_MS = 200

/** @throws HoldfastError as the API would answer */
export async function openSource(
  bench: Workbench,
  recordingId: string,
  shape: Shape,
): Promise<MediaSource> {
  const { media } = openMedia(bench)
  try {
    return await served(media, recordingId, shape)
  } catch (error) {
    const isEncoded = error instanceof HoldfastError && error.code === 'export_needed'
    if (!isEncoded) throw error
    return await encoded(bench, media, recordingId)
  }
}

async function served(media: MediaFiles, recordingId: string, shape: Shape): Promise<MediaSource> {
  const whole = { range: null, ifRange: null, ifMatch: null, ifNoneMatch: null, isHead: false }
  const newest = { version: null, generation: null, take: null, pauses: 'closed' } as const
  let fault: unknown = null
  const onFault = (error: unknown) => {
    fault = error
  }
  const request = { recordingId, shape, isDownload: false, onFault, ...whole, ...newest }
  const response = await media.answer(request)
  const { headers, body } = response
  const bytes = async function* () {
    if (body) for await (const piece of body) yield piece
    // A stream that breaks off ends like one that is over.
    if (fault) throw fault
  }
  return {
    size: Number(headers.get('Content-Length')),
    type: headers.get('Content-Type') ?? '',
    bytes: bytes(),
  }
}

async function encoded(
  bench: Workbench,
  media: MediaFiles,
  recordingId: string,
): Promise<MediaSource> {
  const { config, db, made: files, log, metrics } = bench
  const found = await findFfmpeg(config, log)
  const processors = availableParallelism()
  const jobs = new Jobs({ config, db, files, media, found, processors, log, metrics })
  try {
    const name = {
      kind: 'export',
      recordingId,
      version: await versionOf(bench, recordingId),
    } as const
    await jobs.startAgain(name)
    jobs.start()
    const job = await settled(bench, name)
    const file = job.made?.file
    if (!file) throw new HoldfastError('job_failed', { message: job.lastError ?? 'It failed.' })
    const size = (await jobs.files.size(recordingId, file)) ?? 0
    return {
      size,
      type: 'video/mp4',
      bytes: jobs.files.stream(recordingId, file, { from: 0, to: size }),
    }
  } finally {
    await jobs.stop()
  }
}

async function versionOf({ db }: Workbench, recordingId: string): Promise<number> {
  const row = await readRecording(db, recordingId)
  if (!row?.version) throw new HoldfastError('no_media')
  return row.version
}

/** Whoever makes it, we or a server. */
async function settled({ db }: Workbench, name: JobName): Promise<ReadJob> {
  for (;;) {
    const job = await readJob(db, name)
    if (!job) throw new HoldfastError('recording_deleted')
    if (job.status !== 'waiting' && job.status !== 'running') return job
    await sleep(POLL_MS)
  }
}
