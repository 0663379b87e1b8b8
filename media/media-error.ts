// Owns the one error class of this package. Nothing here may throw anything else for any input bytes.

/**
 * Why bytes were not understood. Callers never see most of these: `align` and `indexChunk` answer with
 * the raw path instead of throwing.
 */
export type MediaErrorCode =
  | 'not_webm'
  | 'bad_element'
  | 'element_too_large'
  | 'header_too_large'
  | 'header_incomplete'
  | 'segment_ended'
  | 'bad_index'

/** Thrown by parsers and decoders when the bytes are not what they should be. */
export class MediaError extends Error {
  readonly code: MediaErrorCode

  constructor(code: MediaErrorCode, message: string) {
    super(message)
    this.name = 'MediaError'
    this.code = code
  }
}
