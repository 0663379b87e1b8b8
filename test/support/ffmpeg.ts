// The system's ffmpeg and ffprobe as a second opinion on files that media made. The demuxer is always named: by its
// default ffmpeg would follow names written inside a file.
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** False on machines without ffmpeg: tests that need it must say that they were skipped. */
export const hasFfmpeg = spawnSync('ffprobe', ['-version']).status === 0

const INPUT = ['-protocol_whitelist', 'file,pipe', '-f', 'matroska', '-i']

/** Every packet in file order: stream, dts, pts, duration, size, MD5. */
export async function packetHashes(path: string): Promise<string[]> {
  const copy = ['-map', '0', '-c', 'copy', '-f', 'framemd5', '-']
  const { stdout } = await run('ffmpeg', ['-nostdin', '-v', 'error', ...INPUT, path, ...copy], {
    maxBuffer: 1 << 26,
  })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

export type Probe = { readonly durationMs: number; readonly warnings: string }

/** What ffprobe says of the container, and what it complains about. */
export async function probe(path: string): Promise<Probe> {
  const show = ['-v', 'warning', '-show_entries', 'format=duration', '-of', 'csv=p=0']
  const { stdout, stderr } = await run('ffprobe', [...show, ...INPUT, path])
  return { durationMs: Math.round(Number(stdout.trim()) * 1000), warnings: stderr.trim() }
}

/** Begin of the last packet of all, and where it ends if the packet says so, in ms. */
export async function lastPacket(path: string): Promise<{ beginMs: number; endMs: number }> {
  const show = ['-v', 'error', '-show_entries', 'packet=pts_time,duration_time', '-of', 'csv=p=0']
  const { stdout } = await run('ffprobe', [...show, ...INPUT, path], { maxBuffer: 1 << 26 })
  const packets = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((field) => Number(field) || 0))
  return {
    beginMs: Math.round(Math.max(...packets.map(([at = 0]) => at)) * 1000),
    endMs: Math.round(Math.max(...packets.map(([at = 0, lasts = 0]) => at + lasts)) * 1000),
  }
}
