// The API's description, OpenAPI 3.1: the same calls as protocol §3, in its words. A test compares it with
// the routes of the application, so that neither can go on without the other.
import { MADE_PATHS } from '../jobs/made-openapi.ts'
import { NOTIFY_PATHS } from '../notify/notify-openapi.ts'
import { RECEIPT_PATHS } from '../receipts/receipt-openapi.ts'
import { STATUS_PATHS } from '../status/status-openapi.ts'
import {
  access,
  any,
  bytes,
  json,
  type Operation,
  type Paths,
  RECORDING,
} from './openapi-operation.ts'
import { integer, type JsonSchema, object, ref, SCHEMAS } from './openapi-schemas.ts'

const PATHS: Paths = {
  '/api/recordings': {
    post: {
      who: 'creator',
      summary: 'Create a recording. May be repeated with the same id and token.',
      body: json(ref('NewRecording')),
      answers: {
        201: ['Created.', ref('Created')],
        200: ['The same recording, created before.', ref('Created')],
      },
    },
    get: {
      who: 'admin',
      summary: 'A page of recordings.',
      query: {
        status: 'Only these, with commas.',
        group: 'Only of this group.',
        q: 'A part of the title.',
        order: 'newest, oldest, longest, largest or title.',
        after: '`next` of the page before.',
        limit: '1 to 200.',
      },
      answers: { 200: ['`recordings` and `next`.', any] },
    },
  },
  '/api/groups/{group}': {
    get: {
      who: 'admin',
      summary: 'The recordings of a group, and when each begins.',
      answers: {
        200: ['`group`, `startedAt`, and `recordings` as in the list, each with `offsetMs`.', any],
      },
    },
  },
  [RECORDING]: {
    get: {
      who: 'token, reader, admin',
      summary: 'One recording.',
      query: { access },
      answers: { 200: ['The recording.', ref('Recording')] },
    },
    patch: {
      who: 'token, admin',
      summary: 'Change title, marks or trim.',
      body: json(any),
      answers: { 200: ['What they are now.', any] },
    },
    delete: {
      who: 'admin; token where created with tokenMayDelete',
      summary: 'Hide it at once; its bytes are removed when the time to undo is over.',
      answers: { 200: ['`deletedAt` and `restoreUntil`.', any] },
    },
  },
  [`${RECORDING}/links`]: {
    post: {
      who: 'token, admin',
      summary: 'A link for people, who may look at this recording until it expires.',
      body: json(object({ hours: integer('1 to 168.') }, ['hours'])),
      answers: { 201: ['`url` and `expiresAt`.', any] },
    },
  },
  [`${RECORDING}/story`]: {
    get: {
      who: 'token, reader, admin',
      summary: 'What happened to it, oldest first.',
      query: { access },
      answers: { 200: ['`story`.', any] },
    },
  },
  [`${RECORDING}/restore`]: {
    post: {
      who: 'as delete',
      summary: 'Undo a deletion within 30 s.',
      answers: { 200: ['It is back.', any] },
    },
  },
  [`${RECORDING}/finalize`]: {
    post: {
      who: 'admin',
      summary: 'Finalize now, or again.',
      answers: { 202: ['Where it stands.', any] },
    },
  },
  [`${RECORDING}/socket`]: {
    get: {
      who: 'token, in HELLO',
      summary: 'WebSocket, subprotocol holdfast.v1: one binary message is one frame.',
      answers: { 101: ['A WebSocket.'] },
    },
  },
  [`${RECORDING}/frames`]: {
    post: {
      who: 'token, in HELLO or Authorization',
      summary: 'A frame stream: each frame behind its u32 length. Any content type.',
      body: { type: 'application/octet-stream', schema: bytes },
      answers: { 200: ['What became of each frame.', ref('Standing')] },
    },
  },
  [`${RECORDING}/chunks/{take}/{seq}`]: {
    put: {
      who: 'token',
      summary: 'One chunk as raw bytes; Content-Digest is checked. Creates the take.',
      body: { type: 'application/octet-stream', schema: bytes },
      answers: { 201: ['Stored.', any], 200: ['It was stored before.', any] },
    },
  },
  [`${RECORDING}/stop`]: {
    post: {
      who: 'token, in Authorization or the body',
      summary: 'The recording is over; its totals. Body may be text/plain.',
      body: json(ref('Finish')),
      answers: { 202: ['The totals are durable.', ref('Standing')] },
    },
  },
  [`${RECORDING}/media`]: {
    get: {
      who: 'token, reader, admin',
      summary: 'The file, at any moment. Range, If-Range, ETag, HEAD.',
      query: {
        access,
        version: 'An earlier version.',
        generation: 'As it stood then: `mediaUrl` pins it while the recording grows.',
        take: 'One take by itself.',
        pauses:
          '`closed` (default): each take begins where the one before it ends. `kept`: when it began.',
        download: '1 = as an attachment.',
      },
      answers: { 200: ['The whole file.', 'video/webm'], 206: ['A part of it.', 'video/webm'] },
    },
  },
  [`${RECORDING}/live`]: {
    get: {
      who: 'as media',
      summary:
        'The newest take as it is recorded: header, then bytes as they are stored, until it ends.',
      query: { access, from: '`edge` (default): the newest keyframe. `start`: the first chunk.' },
      answers: { 200: ['An endless body; `Holdfast-Take` names the take.', 'video/webm'] },
    },
  },
  ...MADE_PATHS,
  '/api/permits': {
    post: {
      who: 'creator with a key or JWT',
      summary: 'A signed, expiring right to create recordings for one owner.',
      body: json(object({ owner: { type: 'string' }, lifetimeMs: { type: 'integer' } })),
      answers: { 201: ['The permit.', ref('Permit')] },
    },
  },
  '/api/events': {
    get: {
      who: 'admin (all), token or reader (one)',
      summary: 'Server-Sent Events; Last-Event-ID resumes without a hole.',
      query: { recording: 'Only this one.', access },
      answers: { 200: ['Events as in docs/api.md.', 'text/event-stream'] },
    },
  },
  ...NOTIFY_PATHS,
  ...STATUS_PATHS,
  ...RECEIPT_PATHS,
  '/api/capabilities': {
    get: {
      who: 'anyone',
      summary: 'Transports and limits.',
      answers: { 200: ['Capabilities.', ref('Capabilities')] },
    },
  },
  '/healthz': {
    get: { who: 'anyone', summary: 'Liveness.', answers: { 200: ['Alive.', any] } },
  },
  '/readyz': {
    get: {
      who: 'anyone',
      summary: 'Readiness: database, store, not stopping.',
      answers: { 200: ['Ready.', any], 503: ['Not ready.', any] },
    },
  },
  '/metrics': {
    get: {
      who: 'admin',
      summary: 'Prometheus metrics.',
      answers: { 200: ['Metrics.', 'text/plain'] },
    },
  },
  '/openapi.json': {
    get: { who: 'anyone', summary: 'This description.', answers: { 200: ['OpenAPI 3.1.', any] } },
  },
  '/docs': {
    get: {
      who: 'anyone',
      summary: 'This description, to read.',
      answers: { 200: ['', 'text/html'] },
    },
  },
}

export type OpenApi = ReturnType<typeof openApi>

export function openApi(version: string) {
  const paths = Object.entries(PATHS).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries(operations).map(([method, it]) => [method, describe(path, it)]),
    ),
  ])
  return {
    openapi: '3.1.0',
    info: { title: 'Holdfast', version, license: { name: 'MIT', identifier: 'MIT' } },
    paths: Object.fromEntries(paths) as Record<string, Record<string, ReturnType<typeof describe>>>,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A recording’s token, an API key, a JWT, a permit, or the admin key.',
        },
      },
    },
  }
}

function describe(path: string, { who, summary, query = {}, body, answers }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name ?? '', 'path'))
  const inQuery = Object.entries(query).map(([name, text]) => parameter(name, 'query', text))
  return {
    summary,
    description: `Who: ${who}.`,
    ...(who === 'anyone' ? {} : { security: [{ bearer: [] }, {}] }),
    parameters: [...inPath, ...inQuery],
    ...(body ? { requestBody: { content: { [body.type]: { schema: body.schema } } } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, [text, content]]) => [status, answer(text, content)]),
      ),
      default: answer('An error of the table.', ref('Error')),
    },
  }
}

const parameter = (name: string, place: 'path' | 'query', description = '') => ({
  name,
  in: place,
  required: place === 'path',
  ...(description ? { description } : {}),
  schema: { type: 'string' },
})

function answer(description: string, content?: JsonSchema | string) {
  if (content === undefined) return { description }
  const isType = typeof content === 'string'
  const [type, schema] = isType ? [content, bytes] : ['application/json', content]
  return { description, content: { [type]: { schema } } }
}
