// SYNTHETIC fragmented MP4: the shapes that Safari and others are publicly known to write, made by ffmpeg with these options
// for `encode`. None was recorded.

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2']
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=25']
const flags = (...more: string[]) => ['-movflags', ['empty_moov', ...more].join('+')]

export type Mp4Shape = {
  readonly name: string
  readonly durationMs: number
  readonly options: readonly string[]
}

export const MP4_SHAPES: readonly Mp4Shape[] = (
  [
    [
      'AAC and B-frames behind edit lists',
      4000,
      [...X264, '-c:a', 'aac', ...flags('frag_keyframe', 'delay_moov', 'default_base_moof')],
    ],
    [
      'B-frames without edit lists, places from the beginning of the file',
      4080,
      [...X264, '-c:a', 'aac', ...flags('frag_keyframe')],
    ],
    [
      'several truns in a traf',
      4000,
      [...X264, '-c:a', 'aac', '-frag_interleave', '5', ...flags('frag_keyframe', 'delay_moov')],
    ],
    [
      'hev1',
      4080,
      [...X265, '-tag:v', 'hev1', '-c:a', 'aac', ...flags('frag_keyframe', 'default_base_moof')],
    ],
    [
      'one moof for each track',
      4021,
      [...X264, '-bf', '0', '-c:a', 'aac', ...flags('frag_keyframe', 'separate_moof')],
    ],
    [
      'one moof for each frame, without entries in trun',
      4000,
      [...X264, '-c:a', 'libopus', ...flags('frag_every_frame', 'delay_moov', 'default_base_moof')],
    ],
    [
      'styp and sidx between the fragments',
      4000,
      [...X264, '-c:a', 'aac', ...flags('frag_keyframe', 'delay_moov', 'dash')],
    ],
  ] as const
).map(([name, durationMs, options]) => ({ name, durationMs, options }))
