// The operators' call, as OpenAPI describes it.
import { any, type Paths } from '../http/openapi-operation.ts'

export const STATUS_PATHS: Paths = {
  '/api/status': {
    get: {
      who: 'admin',
      summary: 'How the whole stands, and how it went.',
      query: { hours: 'How far back the curves go: 1 to 24.' },
      answers: { 200: ['What is recorded, due and failed, instances, disk, `steps`.', any] },
    },
  },
}
