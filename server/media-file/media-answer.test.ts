import { describe, expect, it } from 'vitest'
import { readRange } from './byte-range.ts'
import { attachment } from './content-disposition.ts'
import { mediaTypeOf } from './media-type.ts'
import type { TakeFile } from './take-file.ts'

describe('a Range of a file of 1000 bytes', () => {
  it.each([
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=0-999', { from: 0, to: 1000 }],
    ['bytes=10-', { from: 10, to: 1000 }],
    ['bytes=990-5000', { from: 990, to: 1000 }],
    ['bytes=-1', { from: 999, to: 1000 }],
    ['bytes=-5000', { from: 0, to: 1000 }],
    ['Bytes= 5 - 6 ', { from: 5, to: 7 }],
  ])('%s is that part', (header, part) => expect(readRange(header, 1000)).toEqual(part))

  it.each([null, '', 'bytes=', 'bytes=-', 'bytes=5-4', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b'])(
    '%s counts as none',
    (header) => expect(readRange(header, 1000)).toBe('whole'),
  )

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s cannot be had', (header) =>
    expect(readRange(header, 1000)).toBe('unsatisfiable'),
  )

  it('of an empty file cannot be had', () => {
    expect(readRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(readRange('bytes=-5', 0)).toBe('unsatisfiable')
  })
})

describe('the name of a download', () => {
  it.each([
    ['Interview', 'webm', `attachment; filename="Interview.webm"; filename*=UTF-8''Interview.webm`],
    ['Gespräch 1', 'webm', `filename="Gespr_ch 1.webm"; filename*=UTF-8''Gespr%C3%A4ch%201.webm`],
    ['../../etc/passwd', 'mp4', `filename="etc passwd.mp4"`],
    ['a"; filename="b.exe', 'webm', `filename="a filename= b.exe.webm"`],
    ['x\r\nSet-Cookie: a=b', 'webm', `filename="x Set-Cookie a=b.webm"`],
    ['   ', 'webm', `filename="recording.webm"`],
    ['', 'webm', `filename="recording.webm"`],
    ["it's (1)*", 'webm', `filename*=UTF-8''it%27s%20%281%29.webm`],
  ])('of %j is safe', (title, ending, expected) => {
    const header = attachment(title, ending)
    expect(header).toContain(expected)
    expect(header).not.toMatch(/[\r\n\0]/)
  })

  it('is cut between characters and never holds half of one', () => {
    expect(() => attachment('😀'.repeat(400), 'webm')).not.toThrow()
    expect(attachment('\ud800', 'webm')).toContain('filename=')
  })
})

describe('the media type', () => {
  const CODECS: Record<string, string> = {
    audio: 'A_OPUS',
    video: 'V_VP9',
    h264: 'V_MPEG4/ISO/AVC',
  }
  const file = (container: 'webm' | 'mp4' | 'raw', ...kinds: string[]): TakeFile['file'] => {
    const tracks = kinds.map((kind) => ({
      kind: kind === 'h264' ? 'video' : kind,
      codecId: CODECS[kind],
    }))
    return { container, tracks } as unknown as TakeFile['file']
  }

  it.each([
    ['video/webm;codecs=vp9,opus', file('webm', 'video'), 'video/webm'],
    ['audio/webm; codecs="opus"', file('webm', 'audio'), 'audio/webm'],
    ['video/x-matroska;codecs=avc1', file('webm', 'h264'), 'video/x-matroska'],
    ['Video/MP4', file('mp4', 'video'), 'video/mp4'],
    ['audio/ogg;codecs=opus', file('raw'), 'audio/ogg'],
  ])('%s stays what was recorded', (mimeType, of, type) => {
    expect(mediaTypeOf({ mimeType, file: of })).toBe(type)
  })

  it.each([
    ['video/mp4', file('webm', 'video'), 'video/webm'],
    ['video/webm', file('mp4', 'video'), 'video/mp4'],
    ['audio/ogg', file('webm', 'audio'), 'audio/webm'],
    ['', file('webm', 'audio', 'h264'), 'video/x-matroska'],
    ['video/webm', file('raw'), 'application/octet-stream'],
    ['video/x-matroska;codecs=avc1', file('raw'), 'application/octet-stream'],
    ['audio/mp4', file('raw'), 'application/octet-stream'],
  ])('%s is what the bytes are when they are something else', (mimeType, of, type) => {
    expect(mediaTypeOf({ mimeType, file: of })).toBe(type)
  })

  it.each(['text/html', 'image/svg+xml', 'application/xhtml+xml', 'video', '', 'constructor'])(
    '%s is never served as such',
    (mimeType) => {
      expect(mediaTypeOf({ mimeType, file: file('raw') })).toBe('application/octet-stream')
      expect(mediaTypeOf({ mimeType, file: file('webm', 'audio') })).toBe('audio/webm')
      expect(mediaTypeOf({ mimeType, file: file('webm', 'audio', 'video') })).toBe('video/webm')
      expect(mediaTypeOf({ mimeType, file: file('mp4', 'audio') })).toBe('audio/mp4')
    },
  )
})
