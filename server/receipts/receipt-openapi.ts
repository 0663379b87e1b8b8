// The calls about receipts, as OpenAPI describes them.
import { any, type Paths, RECORDING } from '../http/openapi-operation.ts'

export const RECEIPT_PATHS: Paths = {
  [`${RECORDING}/receipt`]: {
    get: {
      who: 'token, reader, admin',
      summary: 'What was recorded, received, and is missing: a hash chain, signed.',
      query: { access: 'A signed link’s right, instead of a bearer.' },
      answers: { 200: ['The receipt; keep it byte for byte.', any] },
    },
  },
  '/api/receipt-keys': {
    get: {
      who: 'anyone',
      summary: 'The public keys that receipts are checked with, as a JWK Set.',
      answers: { 200: ['All that ever signed, oldest first.', any] },
    },
    post: {
      who: 'admin',
      summary: 'Sign with a new key from now on.',
      answers: { 201: ['The keys.', any] },
    },
  },
}
