// The system's ffmpeg and ffprobe as a second opinion on files that media made. The demuxer is always named: by its
// default ffmpeg would follow names written inside a file.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** False on machines without ffmpeg: tests that need it must say that they were skipped. */
export const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0

/** The demuxers of what recorders write. */
export type Demuxer = 'matroska' | 'mp4'

const inputOf = (demuxer: Demuxer) => ['-protocol_whitelist', 'file,pipe', '-f', demuxer, '-i']

/** Every packet in file order: stream, dts, pts, duration, size, MD5. */
export function packetHashes(path: string): Promise<string[]> {
  return hashPackets('matroska', path)
}

async function hashPackets(
  demuxer: Demuxer,
  path: string,
  ...options: string[]
): Promise<string[]> {
  const copy = [...options, '-map', '0', '-c', 'copy', '-f', 'framemd5', '-']
  const input = ['-nostdin', '-v', 'error', ...inputOf(demuxer), path]
  const { stdout } = await run('ffmpeg', [...input, ...copy], { maxBuffer: 1 << 26 })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/**
 * Every packet of an MP4 by stream, without durations: of fragments ffmpeg knows these only from what the recorder said,
 * and the order between streams is its own. Times are as in the file, not moved to begin at 0.
 */
export async function packetTimes(path: string): Promise<string[][]> {
  const packets = (await hashPackets('mp4', path, '-copyts')).map((line) => line.split(/,\s*/))
  const streams = [...new Set(packets.map(([stream = '']) => stream))].sort(
    (a, b) => Number(a) - Number(b),
  )
  return streams.map((stream) =>
    packets
      .filter(([own]) => own === stream)
      .map(([, dts, pts, , size, hash]) => [dts, pts, size, hash].join(' ')),
  )
}

export type ShownPacket = { readonly ms: number; readonly what: string }

/** Every packet by stream, in order: when it is shown, and its size and MD5. For files of different containers. */
export async function shownPackets(path: string, demuxer: Demuxer): Promise<ShownPacket[][]> {
  const show = ['-show_entries', 'packet=stream_index,pts_time,size,data_hash', '-of', 'json']
  const options = ['-v', 'error', '-show_data_hash', 'md5', ...show, ...inputOf(demuxer), path]
  const { stdout } = await run('ffprobe', options, { maxBuffer: 1 << 26 })
  const { packets } = JSON.parse(stdout) as { packets: ProbedPacket[] }
  const streams = [...new Set(packets.map((packet) => packet.stream_index))].sort((a, b) => a - b)
  return streams.map((stream) =>
    packets
      .filter((packet) => packet.stream_index === stream)
      .map(({ pts_time, size, data_hash }) => {
        return { ms: Number(pts_time) * 1000, what: `${size} ${data_hash}` }
      }),
  )
}

type ProbedPacket = { stream_index: number; pts_time: string; size: string; data_hash: string }

/** Makes a file with these options; a few seconds of test picture (input 0) and a tone (input 1). */
export async function encode(path: string, options: readonly string[]): Promise<void> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=4']
  const tone = ['-f', 'lavfi', '-i', 'sine=f=440:r=48000:d=4']
  await run('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...picture, ...tone, ...options, path])
}

export type Probe = { readonly durationMs: number; readonly warnings: string }

/** What ffprobe says of the container, and what it complains about. */
export async function probe(path: string, demuxer: Demuxer = 'matroska'): Promise<Probe> {
  const show = ['-v', 'warning', '-show_entries', 'format=duration', '-of', 'csv=p=0']
  const { stdout, stderr } = await run('ffprobe', [...show, ...inputOf(demuxer), path])
  return { durationMs: Math.round(Number(stdout.trim()) * 1000), warnings: stderr.trim() }
}

/** Begin of the last packet of all, and where it ends if the packet says so, in ms. */
export async function lastPacket(path: string): Promise<{ beginMs: number; endMs: number }> {
  const show = ['-v', 'error', '-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0']
  const { stdout } = await run('ffprobe', [...show, ...inputOf('matroska'), path], {
    maxBuffer: 1 << 26,
  })
  const packets = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => Number(field) || 0))
  return {
    beginMs: Math.round(Math.max(...packets.map(([at = 0]) => at)) * 1000),
    endMs: Math.round(Math.max(...packets.map(([at = 0, lasts = 0]) => at + lasts)) * 1000),
  }
}
