// A recording as readers see it (protocol §3). Only this file decides which fields leave the server; a link's
// holder sees the media and its state, not what the owner wrote down about it.
import type {
  HaveRanges,
  ListedRecording,
  ReadJob,
  ReadRecording,
  ReadTake,
  ReadVersion,
} from '@holdfast/db'
import { type JobKind, LIMITS, type SeqRange } from '@holdfast/protocol'
import type { Viewer } from '../access/access.ts'
import type { MadeName, SignedLinks } from '../access/signed-links.ts'
import { viewJob } from '../jobs/job-view.ts'

type ViewOptions = {
  viewer: Viewer
  links: SignedLinks
  /** The access that the viewer came with: used again, so that a link never prolongs itself. */
  access: string | null
  graceMs: number
  missing: HaveRanges
  /** Of the newest version. */
  jobs: readonly ReadJob[]
  /** Whether an MP4 can be made here. */
  canMake: boolean
}

const MAX_GAPS = 1000

export function viewRecording(row: ReadRecording, options: ViewOptions) {
  const { viewer, links, graceMs, missing } = options
  const current = row.versions.at(-1)
  const isPending = row.generation !== row.finalizedGeneration
  const gaps = current?.gaps ?? []
  return {
    ...identity(row),
    pending: isPending,
    startedAt: iso(row.takes[0]?.startedAt ?? null),
    durationMs: isPending ? liveDuration(row) : (current?.durationMs ?? null),
    container: current?.container ?? null,
    bytes: row.bytes,
    chunks: row.chunkCount,
    takeCount: row.takes.length,
    gaps: gaps.slice(0, MAX_GAPS),
    ...(gaps.length > MAX_GAPS ? { moreGaps: true } : {}),
    played: current?.played ?? [],
    takes: row.takes.map((take) => ({
      ...viewTake(take, missing.get(take.take) ?? []),
      mediaUrl: mediaUrl(row, options, take.take),
    })),
    versions: row.versions.map(viewVersion),
    mediaUrl: mediaUrl(row, options),
    ...madeUrls(row, options),
    jobs: options.jobs.map(viewJob),
    graceMs,
    generation: row.generation,
    finishedAt: iso(row.finishedAt),
    complete: row.complete,
    marks: row.marks,
    trim: row.trim,
    conflicts: row.conflictCount,
    ...(options.access === null ? {} : { linkExpiresAt: iso(links.expiryOf(options.access)) }),
    ...(viewer === 'link' ? {} : { metadata: row.metadata, notify: row.notify }),
    ...(viewer === 'admin' ? { owner: row.owner, lastError: row.lastError } : {}),
  }
}

function identity(row: ReadRecording) {
  const { id, status, version, reason, title } = row
  return {
    ...{ id, status, version, reason, title },
    group: row.groupId,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    lastChunkAt: iso(row.lastChunkAt),
  }
}

function viewTake(take: ReadTake, missing: readonly SeqRange[]) {
  const { declared, maxSeq, mimeType, bytes } = take
  return {
    take: take.take,
    mimeType,
    startedAt: take.startedAt.toISOString(),
    chunks: take.chunkCount,
    bytes,
    /** What is expected: declared by the stop, or proved by a stored number. */
    total: Math.max(declared ?? 0, maxSeq + 1),
    missing: missing.slice(0, LIMITS.maxRanges),
    ...(missing.length > LIMITS.maxRanges ? { more: true } : {}),
  }
}

/** Its gaps and takes are left out: only the current version's are of use, and they are beside it. */
function viewVersion(row: ReadVersion) {
  const { gaps, played: _, createdAt, ...version } = row
  return { ...version, gapCount: gaps.length, createdAt: createdAt.toISOString() }
}

/** While it grows: what the senders of the newest chunks told, summed over takes. */
function liveDuration(row: ReadRecording): number | null {
  const known = row.takes.flatMap(({ endMs }) => (endMs === null ? [] : [endMs]))
  if (known.length === 0) return row.versions.at(-1)?.durationMs ?? null
  return known.reduce((sum, endMs) => sum + endMs, 0)
}

const isMp4 = (mimeType: string): boolean => /^\w+\/mp4/i.test(mimeType)

/** As far as its recorder said: an MP4, or codecs that MP4 has a place for. */
function hasMp4Codecs(mimeType: string): boolean {
  const isFit = isMp4(mimeType) || /codecs=.*(vp0?9|av0?1|avc[13]|opus)/i.test(mimeType)
  return isFit && !/vp0?8|pcm/i.test(mimeType)
}

/** Where what was made, or can be, is found. */
function madeUrls(row: ReadRecording, { links, access, jobs, canMake }: ViewOptions) {
  const made = (kind: JobKind) => jobs.some((job) => job.kind === kind && job.made?.file)
  const urlOf = (name: MadeName) => links.madeUrl(row.id, { name, access, version: row.version })
  const hasVersion = row.version > 0
  const isOneFile = row.takes.length === 1 || row.takes.every(({ mimeType }) => isMp4(mimeType))
  const isAtOnce = isOneFile && row.takes.every(({ mimeType }) => hasMp4Codecs(mimeType))
  return {
    mp4Url: hasVersion && (canMake || isAtOnce || made('export')) ? urlOf('media.mp4') : null,
    thumbnailUrl: hasVersion && made('thumbnail') ? urlOf('thumbnail.jpg') : null,
  }
}

type MediaState = Pick<ReadRecording, 'id' | 'generation' | 'chunkCount'>

/** null until something is stored. Pinned to the generation, so that a player's ranges fit whatever comes. */
function mediaUrl(
  row: MediaState,
  { links, access }: Pick<ViewOptions, 'links' | 'access'>,
  take?: number,
): string | null {
  if (row.chunkCount === 0) return null
  return links.mediaUrl(row.id, {
    ...(access === null ? {} : { access }),
    ...(take === undefined ? {} : { take }),
    generation: row.generation,
  })
}

/** A line of the list: for the admin. */
export function viewListed(row: ListedRecording, links: SignedLinks) {
  const { generation, finalizedGeneration, createdAt, startedAt, lastSeenAt, ...others } = row
  const { hasThumbnail, fileStartedAt: _, ...rest } = others
  const thumbnail = { name: 'thumbnail.jpg', access: null, version: row.version } as const
  const state = { id: row.id, generation, chunkCount: row.chunks }
  return {
    ...rest,
    generation,
    pending: generation !== finalizedGeneration,
    createdAt: createdAt.toISOString(),
    startedAt: iso(startedAt),
    lastSeenAt: lastSeenAt.toISOString(),
    mediaUrl: mediaUrl(state, { links, access: null }),
    thumbnailUrl: hasThumbnail ? links.madeUrl(row.id, thumbnail) : null,
  }
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null
