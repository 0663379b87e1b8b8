// A file as people have them on disk: twelve seconds of H.264 noise in a plain MP4, large enough to be cut into many chunks.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export async function makeNoisyMovie(path: string): Promise<void> {
  const noise = ['-f', 'lavfi', '-i', 'nullsrc=s=320x240:r=15:d=12,geq=random(1)*255:128:128']
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
  await promisify(execFile)('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...noise, ...h264, path])
}
