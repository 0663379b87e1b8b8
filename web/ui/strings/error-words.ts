// Which failures have words of their own in a language: those that people can meet on a page.
import type { ErrorCode } from '@holdfast/protocol'
import type { UploadError } from '../../index.ts'

type Code = UploadError['code']

/** Told to whoever runs a server, in its log and its answers to programs. */
type OperatorCode = Extract<
  ErrorCode,
  | `config_${string}`
  | `database_${string}`
  | `store_${string}`
  | `webhook_${string}`
  | `mail_${string}`
  | `job_${string}`
  | 'ffmpeg_missing'
  | 'not_available'
  | 'not_made'
>

export type ErrorWords = { readonly [Said in Code]?: string }
export type AllErrorWords = { readonly [Said in Exclude<Code, OperatorCode>]: string }
