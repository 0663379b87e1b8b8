// Runs ffmpeg while this process may open nothing more, and says with which code that ended. `<ffmpeg> <folder>`
import { closeSync, openSync } from 'node:fs'
import { runFfmpeg } from '../../server/jobs/ffmpeg-run.ts'

const [, , program = '', folder = ''] = process.argv

/** Opens files until there is no descriptor left. */
function openAll(): number[] {
  const opened: number[] = []
  try {
    for (;;) opened.push(openSync('/dev/null', 'r'))
  } catch {
    return opened
  }
}

async function* noBytes(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1000)
}

const minute = 60_000
const limits = { timeMs: minute, stallMs: minute, memoryBytes: 2 ** 30, fileBytes: 2 ** 20 }

/** How a run on bytes that are no media ends. */
async function attempt(): Promise<string> {
  const run = runFfmpeg({
    ffmpeg: { program, version: '', tools: { wrap: [], hasNoNetwork: false } },
    limits: { ...limits, threads: 1 },
    ...{ folder, input: noBytes(), demuxer: 'matroska', format: 'mp4', output: 'out.mp4' },
    video: { codec: 'libx264' },
    audio: null,
    signal: new AbortController().signal,
  })
  const codeOf = (error: Error & { code?: string }) => error.code ?? String(error)
  return await run.then(() => 'it ended well', codeOf)
}

// What this ffmpeg can do is asked once: from then on the first thing that is begun is the run itself.
await attempt()
const opened = openAll()
const end = await attempt()
for (const descriptor of opened) closeSync(descriptor)
console.log(end)
