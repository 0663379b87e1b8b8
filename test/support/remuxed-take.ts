// SYNTHETIC takes for what the corpus has no recording of: recorded packets, put into WebM by ffmpeg with a Cluster a second
// and cut into slices as Chromium does it, one byte inside an element.
import { spawnSync } from 'node:child_process'
import type { RecordedTake } from './corpus.ts'
import { readPackets } from './webm-packets.ts'

/** `keep` = ffmpeg options that choose what of the take goes into it. @throws when ffmpeg does not write it */
export function remuxAsWebm(take: RecordedTake, keep: readonly string[] = []): RecordedTake {
  const input = ['-f', take.isMp4 ? 'mp4' : 'matroska', '-i', 'pipe:0', '-c', 'copy', ...keep]
  const output = ['-f', 'webm', '-live', '1', '-cluster_time_limit', '1000', 'pipe:1']
  const { stdout, status, stderr } = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-protocol_whitelist', 'pipe', ...input, ...output],
    { input: take.joined, maxBuffer: 1 << 28 },
  )
  if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString()}`)
  const joined = new Uint8Array(stdout)
  return { ...take, name: `${take.name} as WebM`, isMp4: false, joined, slices: sliceAt(joined) }
}

/** A slice a second, as a recorder would hand them out. */
function sliceAt(joined: Uint8Array): Uint8Array[] {
  const slices: Uint8Array[] = []
  let from = 0
  let nextMs = 1000
  for (const packet of readPackets(joined)) {
    if (packet.ms < nextMs) continue
    slices.push(joined.slice(from, packet.from + 1))
    from = packet.from + 1
    nextMs += 1000
  }
  return [...slices, joined.slice(from)]
}
