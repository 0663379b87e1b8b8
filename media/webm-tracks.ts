// Owns what the Tracks element says. Track numbers differ from take to take: never assume audio = 1.

export type TrackInfo = {
  readonly number: number
  readonly kind: 'video' | 'audio' | 'other'
  /** As recorded: `V_VP8`, `V_VP9`, `V_AV1`, `A_OPUS`, `A_PCM/FLOAT/IEEE`, … */
  readonly codecId: string
  readonly defaultDurationNs: number | null
  readonly width: number | null
  readonly height: number | null
  readonly samplingRate: number | null
  readonly channels: number | null
  readonly bitDepth: number | null
  readonly codecPrivate: Uint8Array | null
}
