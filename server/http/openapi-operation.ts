// How a call is described, and the words that many descriptions share.
import { type JsonSchema, object } from './openapi-schemas.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
export type Operation = {
  readonly who: string
  readonly summary: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: { readonly type: string; readonly schema: JsonSchema }
  /** Status → description and JSON schema, or the media type of an answer that is not JSON. */
  readonly answers: Readonly<Record<number, readonly [string, (JsonSchema | string)?]>>
}

export const json = (schema: JsonSchema) => ({ type: 'application/json', schema })
export const bytes: JsonSchema = { type: 'string', format: 'binary' }
export const any = object({})

export const RECORDING = '/api/recordings/{id}'

export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>

export const access = 'A signed link’s right, instead of a bearer.'
export const version = 'An earlier version.'
