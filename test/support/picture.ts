// Pictures as pixels and back, through ffmpeg.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'

/** Three bytes a pixel, line by line. */
export type Picture = {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** Where a PNG says its size. */
const WIDTH_AT = 16
const HEIGHT_AT = 20

export async function readPng(png: Uint8Array): Promise<Picture> {
  const head = Buffer.from(png.buffer, png.byteOffset, 24)
  const [width, height] = [head.readUInt32BE(WIDTH_AT), head.readUInt32BE(HEIGHT_AT)]
  const rgb = await convert(png, ['-f', 'png_pipe'], ['-f', 'rawvideo', '-pix_fmt', 'rgb24'])
  return { width, height, rgb }
}

export async function writePng({ width, height, rgb }: Picture): Promise<Uint8Array> {
  const from = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`]
  const to = ['-f', 'image2pipe', '-c:v', 'png', '-pred', 'mixed', '-compression_level', '9']
  return await convert(rgb, from, to)
}

type Options = readonly string[]

async function convert(input: Uint8Array, from: Options, to: Options): Promise<Uint8Array> {
  const args = ['-v', 'error', ...from, '-i', 'pipe:0', ...to, 'pipe:1']
  const ffmpeg = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(ffmpeg, 'close')
  ffmpeg.stdin.end(input)
  const output = await buffer(ffmpeg.stdout)
  const [code] = await ended
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`)
  return output
}
