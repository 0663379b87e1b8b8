// What real ffmpeg and ffprobe say of a file: its packets, its duration, its warnings.
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

export type Packet = { stream: number; ms: number; bytes: number; md5: string }

async function withFile<T>(bytes: Uint8Array, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-probe-'))
  try {
    const path = join(folder, 'media.bin')
    await writeFile(path, bytes)
    return await work(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function ffmpeg(args: string[]): Promise<string> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-nostdin', ...args], {
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  return stdout
}

/** Every packet of a Matroska or WebM file, in file order, with the md5 of its bytes. */
export async function readPackets(bytes: Uint8Array): Promise<Packet[]> {
  return await withFile(bytes, async (path) => {
    const text = await ffmpeg([
      '-f',
      'matroska',
      '-i',
      path,
      '-map',
      '0',
      '-c',
      'copy',
      '-f',
      'framemd5',
      '-',
    ])
    const scales = new Map<number, number>()
    const packets: Packet[] = []
    for (const line of text.split('\n')) {
      const scale = /^#tb (\d+): (\d+)\/(\d+)/.exec(line)
      if (scale) scales.set(Number(scale[1]), (1000 * Number(scale[2])) / Number(scale[3]))
      const fields = line.startsWith('#') ? [] : line.split(',').map((field) => field.trim())
      if (fields.length < 6) continue
      const stream = Number(fields[0])
      const ms = Math.round(Number(fields[2]) * (scales.get(stream) ?? 1))
      packets.push({ stream, ms, bytes: Number(fields[4]), md5: fields[5] ?? '' })
    }
    return packets
  })
}

/** Seconds by the container's header, and everything ffprobe complains about. */
export async function probe(bytes: Uint8Array): Promise<{ seconds: number; warnings: string }> {
  return await withFile(bytes, async (path) => {
    const { stdout, stderr } = await run('ffprobe', [
      ...['-v', 'warning', '-f', 'matroska', '-show_entries', 'format=duration'],
      ...['-of', 'csv=p=0', path],
    ])
    return { seconds: Number(stdout.trim()), warnings: stderr.trim() }
  })
}

/** A motion JPEG of noise: a fake camera whose picture cannot be compressed away. `noise`: of 100. */
export async function makeNoisyCamera(
  path: string,
  { size = '640x360', noise = 60 } = {},
): Promise<void> {
  const picture = `testsrc2=size=${size}:rate=20,noise=alls=${noise}:allf=t`
  await ffmpeg([
    '-y',
    '-f',
    'lavfi',
    '-i',
    picture,
    '-t',
    '3',
    '-c:v',
    'mjpeg',
    '-q:v',
    '6',
    '-f',
    'mjpeg',
    path,
  ])
}
