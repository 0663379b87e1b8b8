// Which ffmpeg this server has, found once at the start. Without one everything works but what is made with it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Config } from '../config.ts'
import type { Log } from '../observe/log.ts'
import { findFenceTools, findProgram } from './fence.ts'
import type { Ffmpeg } from './ffmpeg-run.ts'

/** `missing`: not found, or not a program that answers as ffmpeg does. `off`: nobody wants it. */
export type FfmpegState = 'ok' | 'missing' | 'off'

export type FoundFfmpeg = { readonly state: FfmpegState; readonly ffmpeg: Ffmpeg | null }

const run = promisify(execFile)
const ANSWER_MS = 10_000

/** Never rejects: a server without ffmpeg starts all the same, and says so. */
export async function findFfmpeg(
  { ffmpeg: name }: Pick<Config, 'ffmpeg'>,
  log: Log,
): Promise<FoundFfmpeg> {
  if (name === null) return { state: 'off', ffmpeg: null }
  const program = await findProgram(name)
  const version = program && (await versionOf(program))
  if (!program || !version) {
    log.warn({ name }, 'ffmpeg was not found: no MP4 export, pictures and peaks are made here')
    return { state: 'missing', ffmpeg: null }
  }
  const tools = await findFenceTools()
  const { hasNoNetwork } = tools
  log.info({ program, version, hasNoNetwork }, 'ffmpeg found')
  return { state: 'ok', ffmpeg: { program, version, tools } }
}

async function versionOf(program: string): Promise<string | null> {
  try {
    const { stdout } = await run(program, ['-version'], { timeout: ANSWER_MS })
    return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? null
  } catch {
    return null
  }
}
