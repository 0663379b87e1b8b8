// Owns the shape of a failure, apart from the table of all of them: a recorder that throws two of its codes need not load it.
import type { ErrorCode } from './errors.ts'

export type ErrorRow = {
  /** HTTP status of a JSON answer. */
  readonly status: number
  /** Whether the same request may succeed later, unchanged. */
  readonly retry: boolean
  /** What happened and what to do next, for the person who reads it. */
  readonly message: string
  /** WebSocket close code, where the failure ends a connection (protocol §2 rule 9). */
  readonly close?: number
}

export type ErrorOptions = {
  /** Replaces the table's sentence where a more exact one is known; never secrets. */
  message?: string
  /** Facts for the log. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** What every expected failure is that is not a return value. Whoever has the table throws `HoldfastError`, which is one. */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly retry: boolean
  readonly details: Record<string, unknown>

  constructor(code: ErrorCode, { status, retry, message }: ErrorRow, options: ErrorOptions = {}) {
    super(options.message ?? message, { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.status = status
    this.retry = retry
    this.details = options.details ?? {}
  }
}
