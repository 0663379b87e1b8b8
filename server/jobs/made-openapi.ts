// The calls for what is made from a recording, as OpenAPI describes them.
import { access, type Paths, RECORDING, version } from '../http/openapi-operation.ts'
import { type JsonSchema, ref } from '../http/openapi-schemas.ts'

const making: readonly [string, JsonSchema] = ['It is being made: see Retry-After.', ref('Job')]

/** Something that a job makes once for each version. */
const made = (summary: string, type: string) => ({
  get: {
    who: 'as media',
    summary,
    query: { access, version },
    answers: { 200: [summary, type], 202: making } as const,
  },
})

export const MADE_PATHS: Paths = {
  [`${RECORDING}/media.mp4`]: {
    get: {
      who: 'as media',
      summary:
        'The same as an MP4: at once where the codecs allow it, else made once for each version.',
      query: { access, version, download: '1 = as an attachment.' },
      answers: {
        200: ['The whole file.', 'video/mp4'],
        206: ['A part of it.', 'video/mp4'],
        202: making,
        409: ['`export_needed`: one take or moment that would have to be converted.'],
      },
    },
  },
  [`${RECORDING}/thumbnail.jpg`]: made('A picture of the recording.', 'image/jpeg'),
  [`${RECORDING}/waveform.json`]: made(
    'Peaks, as audiowaveform’s JSON version 2.',
    'application/json',
  ),
  [`${RECORDING}/posters.vtt`]: made('Which poster belongs to which minute.', 'text/vtt'),
  [`${RECORDING}/posters/{name}`]: made('The poster of a minute: 0.jpg, 1.jpg …', 'image/jpeg'),
  [`${RECORDING}/jobs/{kind}`]: {
    post: {
      who: 'token, admin',
      summary: 'Make it, also again after it failed or was cancelled.',
      query: { version },
      answers: { 202: ['How it stands.', ref('Job')] },
    },
    delete: {
      who: 'token, admin',
      summary: 'Stop making it.',
      query: { version },
      answers: { 200: ['How it stands.', ref('Job')] },
    },
  },
}
