// Child processes that never miss a signal and never outlive us where the kernel can see to it.
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
const ECHO_MS = 300

/** Thrown by a step whose child ended because we were asked to stop. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`stopped by ${signal}`)
    this.signal = signal
  }
}

/** Runs with our terminal and resolves to `{ code, signal }`. */
export async function runInFront(command, args, place) {
  return await run(command, args, { ...place, stdio: 'inherit' })
}

/** Runs a step silently; throws with its output when it fails. */
export async function runQuietly(command, args, place) {
  const { code, signal, output, forwarded } = await run(command, args, { ...place, stdio: 'pipe' })
  if (forwarded !== undefined) throw new Interrupted(forwarded)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')}: ${signal ?? code}\n${output}`)
  return output
}

/** Ends this process as the child ended, so that shells and supervisors see the same. */
export function endLike({ code, signal }) {
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
}

async function run(command, args, { root, env = process.env, stdio, cwd = root }) {
  const [program, ...rest] = [...dieWithUs(), command, ...args]
  // Its own process group: Ctrl-C then arrives once, through us, and not a second time from the
  // terminal, which a server takes for impatience.
  const child = spawn(program, rest, { cwd, env, stdio: ['ignore', stdio, stdio], detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  let forwarded
  let forwardedAt = 0
  const forward = (signal) => {
    // Ctrl-C below npm comes twice, from the terminal and from npm; a person's second is later.
    if (signal === forwarded && performance.now() - forwardedAt < ECHO_MS) return
    forwarded = signal
    forwardedAt = performance.now()
    child.kill(signal)
  }
  for (const signal of FORWARDED) process.on(signal, forward)
  try {
    const end = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve({ code, signal }))
    })
    return { ...end, output, forwarded }
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward)
  }
}

let prefix

// The kernel sends SIGTERM to the child when we are SIGKILLed. Linux with util-linux only.
function dieWithUs() {
  if (prefix === undefined) {
    const wrapper = ['setpriv', '--pdeathsig', 'TERM', '--']
    const works =
      process.platform === 'linux' &&
      spawnSync(wrapper[0], [...wrapper.slice(1), 'true']).status === 0
    prefix = works ? wrapper : []
  }
  return prefix
}
