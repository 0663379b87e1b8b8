// What is measured side by side, each behind the same face: one run with so many recorders gives one sample.
import { spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DiskResult } from './disk-writers.ts'
import { openHttpRecorder, openSocketRecorder } from './holdfast-recorder.ts'
import { type Measured, measureLoad, type Recorder } from './load.ts'
import { type CpuTime, Program } from './program.ts'
import { openTusRecorder } from './tus-recorder.ts'

const here = (file: string): string => join(import.meta.dirname, file)

export type Sample = Measured & {
  /** CPU time of the program under test while it was measured; null where it cannot be known. */
  readonly cpuMs: number | null
  /** CPU time of its database. */
  readonly databaseMs: number | null
}

export type Timing = { readonly warmMs: number; readonly measureMs: number }

export interface Contender {
  readonly name: string
  run(recorders: number, timing: Timing): Promise<Sample>
}

/** All contenders of one round; `stop` ends their programs. */
export type Field = { contenders: Contender[]; stop(): Promise<void> }

function diskContender(name: string, kind: 'append' | 'files', root: string): Contender {
  let runs = 0
  return {
    name,
    async run(recorders, { warmMs, measureMs }) {
      const folder = join(root, `${kind}-${runs++}`)
      await mkdir(folder, { recursive: true })
      const numbers = [recorders, warmMs, measureMs].map(String)
      const result = await runDiskWriters([kind, folder, ...numbers])
      await rm(folder, { recursive: true })
      return { ...result, databaseMs: 0 }
    },
  }
}

function runDiskWriters(args: string[]): Promise<DiskResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [here('disk-writers.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (text) => {
      output += text
    })
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output))
      else reject(new Error(`disk-writers: exit ${code}`))
    })
  })
}

type Network = {
  name: string
  program: Program
  open: (url: string) => Promise<Recorder>
  /** Chunks on their way per recorder. */
  inFlight: number
}

function networkContender({ name, program, open, inFlight }: Network): Contender {
  return {
    name,
    async run(count, { warmMs, measureMs }) {
      const recorders = await Promise.all(Array.from({ length: count }, () => open(program.url)))
      const edges: (CpuTime | null)[] = []
      const onEdge = async () => void edges.push(await program.cpuTime())
      const measured = await measureLoad({ recorders, inFlight, warmMs, measureMs, onEdge })
      await Promise.all(recorders.map((recorder) => recorder.close()))
      const [before, after] = edges
      if (!before || !after) return { ...measured, cpuMs: null, databaseMs: null }
      const cpuMs = after.ownMs - before.ownMs
      return { ...measured, cpuMs, databaseMs: after.childrenMs - before.childrenMs }
    },
  }
}

/** How many chunks a recorder that drains a backlog keeps on their way. */
export const WINDOW = 8

/** @param root a folder on the disk that is measured */
export async function openField(root: string): Promise<Field> {
  const tus = await Program.start(here('tus-server.ts'), '/', { TUS_DIR: join(root, 'tus') })
  const holdfast = await Program.start(here('../../server/main.ts'), '/readyz', {
    HOLDFAST_DATA_DIR: join(root, 'holdfast'),
  }).catch(async (error) => {
    await tus.stop()
    throw error
  })
  return {
    contenders: [
      diskContender('append + fdatasync (the floor)', 'append', root),
      diskContender('file per chunk', 'files', root),
      networkContender({ name: '@tus/server', program: tus, open: openTusRecorder, inFlight: 1 }),
      ...holdfastContenders(holdfast),
    ],
    async stop() {
      await Promise.all([tus.stop(), holdfast.stop()])
    },
  }
}

function holdfastContenders(program: Program): Contender[] {
  const socket = { program, open: openSocketRecorder }
  return [
    networkContender({ ...socket, name: 'Holdfast, WebSocket', inFlight: 1 }),
    networkContender({ name: 'Holdfast, HTTP', program, open: openHttpRecorder, inFlight: 1 }),
    networkContender({
      ...socket,
      name: `Holdfast, WebSocket, ${WINDOW} on their way`,
      inFlight: WINDOW,
    }),
  ]
}
