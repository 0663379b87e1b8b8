// The floor: what the disk gives to a program that only writes 64 KiB and waits until they are durable, with
// as many writers at once as there are recorders. A program of its own, so that its CPU time is its own.
// Usage: disk-writers.ts append|files <folder> <writers> <warm ms> <measure ms>
import { constants } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { CHUNK_BYTES, type Measured, measureLoad, type Recorder } from './load.ts'

export type DiskResult = Measured & { readonly cpuMs: number }

const chunk = new Uint8Array(CHUNK_BYTES).fill(7)

/** One growing file: write, fdatasync. */
async function appender(folder: string, writer: number): Promise<Recorder> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY
  const handle = await open(join(folder, `${writer}.seg`), flags)
  return {
    async send() {
      await handle.write(chunk)
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}

/** A file per chunk: write aside, fdatasync, rename, sync the directory. */
async function filePerChunk(folder: string, writer: number): Promise<Recorder> {
  const directory = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  let seq = 0
  return {
    async send() {
      const path = join(folder, `${writer}-${seq++}`)
      const handle = await open(`${path}.part`, 'wx')
      await handle.write(chunk)
      await handle.datasync()
      await handle.close()
      await rename(`${path}.part`, path)
      await directory.sync()
    },
    close: () => directory.close(),
  }
}

async function run([kind, folder = '', ...numbers]: string[]): Promise<DiskResult> {
  const [writers = 1, warmMs = 0, measureMs = 0] = numbers.map(Number)
  const make = kind === 'append' ? appender : filePerChunk
  const recorders = await Promise.all(Array.from({ length: writers }, (_, i) => make(folder, i)))
  let before = process.cpuUsage()
  let cpuMs = 0
  const measured = await measureLoad({
    recorders,
    inFlight: 1,
    warmMs,
    measureMs,
    onEdge: () => {
      const { user, system } = process.cpuUsage(before)
      cpuMs = (user + system) / 1000
      before = process.cpuUsage()
      return Promise.resolve()
    },
  })
  await Promise.all(recorders.map((recorder) => recorder.close()))
  return { ...measured, cpuMs }
}

if (import.meta.main) console.log(JSON.stringify(await run(process.argv.slice(2))))
