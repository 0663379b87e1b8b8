// The shapes of the API's description (OpenAPI 3.1 = JSON Schema). Told by hand, as the contract tells them.
import { ERRORS, JOB_KINDS, JOB_STATUSES, REASONS, RECORDING_STATUSES } from '@holdfast/protocol'

export type JsonSchema = { readonly [key: string]: unknown }

export const string = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  description,
  ...more,
})
export const integer = (description: string): JsonSchema => ({ type: 'integer', description })
export const boolean = (description: string): JsonSchema => ({ type: 'boolean', description })
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })
export const array = (items: JsonSchema, description = ''): JsonSchema => ({
  type: 'array',
  items,
  ...(description ? { description } : {}),
})
export const object = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({ type: 'object', properties, ...(required.length > 0 ? { required } : {}) })
export const ref = (name: keyof typeof SCHEMAS): JsonSchema => ({
  $ref: `#/components/schemas/${name}`,
})

const CONTAINERS = ['webm', 'mp4', 'raw']

const time = (description: string): JsonSchema => string(description, { format: 'date-time' })
const ranges: JsonSchema = array(
  { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
  'Inclusive ranges of chunk numbers.',
)

export const SCHEMAS = {
  Error: object(
    {
      error: object(
        {
          code: string('Of the table of errors.', { enum: Object.keys(ERRORS) }),
          message: string('What happened and what to do next.'),
          retry: boolean(
            'Whether the same request may succeed later. Decide by this, not by text.',
          ),
        },
        ['code', 'message', 'retry'],
      ),
    },
    ['error'],
  ),
  NewRecording: object({
    id: string('UUID made by the client (v7 preferred), lower case.', { format: 'uuid' }),
    token: string('The recording’s own secret, base64url, at least 128 random bits.'),
    title: string('At most 500 characters.'),
    metadata: { type: 'object', description: 'Yours; at most 16 KiB.' },
    group: string('Recordings that belong together.'),
    tokenMayDelete: boolean('Whether the token may delete the recording.'),
    notify: object({
      email: string(
        'Gets a mail when it is finished by itself, with parts missing, later, or not at all.',
      ),
      webhook: string('Gets its events, signed.'),
    }),
  }),
  Created: object(
    {
      id: string('The recording.', { format: 'uuid' }),
      token: string('Shown here only: the server keeps its sha256.'),
      status: string('Status.', { enum: RECORDING_STATUSES }),
      expiresAt: orNull(time('When retention deletes it; null = never.')),
    },
    ['id', 'token', 'status', 'expiresAt'],
  ),
  Gap: object({
    take: integer('Take.'),
    fromSeq: integer('First missing chunk.'),
    toSeq: integer('Last missing chunk.'),
    fromMs: orNull(integer('Media time before the gap.')),
    toMs: orNull(integer('Media time after the gap.')),
  }),
  Take: object({
    take: integer('Number, from 0.'),
    mimeType: string('As the recorder named it.'),
    startedAt: time('By the recorder’s clock.'),
    chunks: integer('Chunks stored.'),
    bytes: integer('Bytes stored.'),
    total: integer('Chunks expected.'),
    missing: ranges,
    mediaUrl: orNull(string('This take alone.')),
  }),
  Version: object({
    version: integer('1, 2, …'),
    status: string('Result.', { enum: ['ready', 'incomplete'] }),
    reason: string('Why it was finalized.', { enum: REASONS }),
    generation: integer('What was stored then.'),
    durationMs: orNull(integer('Duration.')),
    bytes: integer('Bytes of the file.'),
    container: orNull(string('What the file is.', { enum: CONTAINERS })),
    createdAt: time('Database clock.'),
  }),
  Recording: object({
    id: string('The recording.', { format: 'uuid' }),
    status: string('Status.', { enum: RECORDING_STATUSES }),
    version: integer('Newest version; 0 = none.'),
    reason: orNull(string('Why it was finalized.', { enum: REASONS })),
    pending: boolean('More is stored than the newest version holds.'),
    title: orNull(string('Title.')),
    createdAt: time('Database clock.'),
    startedAt: orNull(time('First take, by the recorder’s clock.')),
    lastSeenAt: time('Last sign of life, database clock.'),
    durationMs: orNull(integer('Of the newest version; while it grows as the recorder tells.')),
    container: orNull(
      string('What the newest version is; raw = not readable, as it came.', { enum: CONTAINERS }),
    ),
    bytes: integer('Bytes stored.'),
    chunks: integer('Chunks stored.'),
    takeCount: integer('How many takes it has; in the list too, which leaves `takes` out.'),
    gaps: array({ $ref: '#/components/schemas/Gap' }),
    marks: array(object({ atMs: integer('In the file.'), label: string('Words.') })),
    trim: orNull(object({ startMs: integer('From.'), endMs: integer('To.') })),
    played: array(
      object({
        take: integer('A take in the newest version’s file.'),
        startMs: integer('Where its own time 0 is in the file.'),
        endMs: orNull(integer('Where it ends; null = nobody knows.')),
      }),
    ),
    takes: array({ $ref: '#/components/schemas/Take' }),
    versions: array({ $ref: '#/components/schemas/Version' }),
    mediaUrl: orNull(string('Signed path of the file; expires.')),
    mp4Url: orNull(string('Signed path of the MP4, which may have to be made first.')),
    thumbnailUrl: orNull(string('Signed path of the picture; null until it is made.')),
    jobs: array({ $ref: '#/components/schemas/Job' }, 'Of the newest version.'),
    graceMs: integer('Silence after which it is finalized.'),
    generation: integer('Rises with every stored chunk.'),
    linkExpiresAt: time('When the link ends that the reader came with; for readers only.'),
    metadata: { description: 'As created; not shown to holders of a link.' },
  }),
  Job: object({
    job: string('What is made.', { enum: JOB_KINDS }),
    version: integer('The version that it is made from.'),
    status: string('How it stands.', { enum: JOB_STATUSES }),
    progress: integer('Percent.'),
    bytes: orNull(integer('Of the made file.')),
    code: orNull(string('Why it failed or was cancelled.')),
  }),
  Finish: object(
    {
      takes: array(object({ take: integer('Take.'), chunks: integer('How many it has.') })),
      reason: string('Why.', { enum: ['user', 'pagehide', 'error'] }),
      token: string('Where no Authorization header can be sent (a beacon).'),
    },
    ['takes'],
  ),
  Standing: object({
    status: string('Status.', { enum: RECORDING_STATUSES }),
    version: integer('Newest version.'),
    missing: {
      type: 'object',
      description: 'Per take: inclusive ranges.',
      additionalProperties: ranges,
    },
    acks: array(array({ type: 'integer' }), 'Durable chunks: [take, seq].'),
    nacks: array({ type: 'object' }, 'Refused: take, seq, code, retry.'),
  }),
  Permit: object({
    permit: string('A bearer for POST /api/recordings.'),
    expiresAt: time('Expiry.'),
  }),
  Capabilities: object({
    transports: array({ type: 'string' }),
    webtransport: orNull(
      object({
        url: string('Where a session is opened; it holds as long as it is told.'),
        hashes: array({ type: 'string' }, 'base64 of sha256, for serverCertificateHashes.'),
        expiresAt: time('Expiry of the certificate.'),
      }),
    ),
    limits: { type: 'object', description: 'maxChunkBytes, maxBodyBytes, window, windowBytes.' },
    graceMs: integer('Grace time.'),
    ffmpeg: boolean('Whether MP4, pictures and peaks can be made here.'),
  }),
} as const satisfies Record<string, JsonSchema>
