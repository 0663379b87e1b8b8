// The calls about what is told to the outside, as OpenAPI describes them.
import { any, type Paths, RECORDING } from '../http/openapi-operation.ts'

const deliveriesQuery = {
  status: 'Only these.',
  before: '`next` of the page before.',
  limit: '1 to 200.',
}

export const NOTIFY_PATHS: Paths = {
  [`${RECORDING}/deliveries`]: {
    get: {
      who: 'admin',
      summary: 'Webhooks and e-mails about one recording, and how each attempt was answered.',
      query: deliveriesQuery,
      answers: { 200: ['`deliveries` and `next`.', any] },
    },
  },
  '/api/deliveries': {
    get: {
      who: 'admin',
      summary: 'Webhooks and e-mails, newest first.',
      query: deliveriesQuery,
      answers: { 200: ['`deliveries` and `next`.', any] },
    },
  },
  '/api/deliveries/{id}/replay': {
    post: {
      who: 'admin',
      summary: 'Tell it once more, under the same message id.',
      answers: { 202: ['It waits again.', any] },
    },
  },
  '/api/webhook-secret': {
    get: {
      who: 'admin',
      summary: 'The secret that signs webhooks.',
      answers: { 200: ['`secret`.', any] },
    },
  },
}
