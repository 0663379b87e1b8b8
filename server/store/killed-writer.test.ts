// What a writer promised before it was killed: looked for on the disk by other means than the store's own.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AckedLine, lengthOf } from '../../test/support/append-for-ever.ts'
import { sha256, someChunk } from '../../test/support/chunks.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { folderPath } from './recording-folder.ts'
import { scanSegment } from './segment-reader.ts'

const SCRIPT = join(import.meta.dirname, '../../test/support/append-for-ever.ts')

const it = test.extend('root', async ({ task: _task }, { onCleanup }) => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-killed-'))
  onCleanup(() => rm(root, { recursive: true }))
  return root
})

const parseLines = (text: string): AckedLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** Runs the writer until it has acked `acks` frames more, then SIGKILLs it at once. */
async function writeAndKill(root: string, incarnation: string, ids: string[], acks: number) {
  const child = spawn(process.execPath, [SCRIPT, root, incarnation, ...ids], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await waitFor(`${acks} acks`, () => output.split('\n').length > acks, { everyMs: 1 })
  child.kill('SIGKILL')
  await ended
  return parseLines(output)
}

it('has every acked frame on disk after each of ten kills', { timeout: 60_000 }, async ({
  root,
}) => {
  const ids = [randomUUID(), randomUUID(), randomUUID()]
  const acked: AckedLine[] = []
  for (let run = 0; run < 10; run++) {
    acked.push(...(await writeAndKill(root, `run${run}`, ids, 20 + run * 13)))
  }
  expect(acked.length).toBeGreaterThan(700)
  for (const { id, seq, length, segment, offset } of acked) {
    const file = await readFile(join(folderPath(root, id), segment))
    const digest = createHash('sha256')
      .update(file.subarray(offset, offset + length))
      .digest()
    expect(digest.equals(sha256(someChunk({ seq, length: lengthOf(seq) }).bytes))).toBe(true)
  }
})

it('can rebuild the list of acked frames from a killed writer’s segments alone', async ({
  root,
}) => {
  const id = randomUUID()
  const acked = await writeAndKill(root, 'only', [id], 100)
  const found = new Set<string>()
  for (const segment of new Set(acked.map((line) => line.segment))) {
    const path = join(folderPath(root, id), segment)
    for await (const entry of scanSegment(createReadStream(path), (await stat(path)).size)) {
      if (entry.kind === 'chunk') found.add(`${segment} ${entry.offset} ${entry.chunk.seq}`)
      else expect(entry).toMatchObject({ kind: 'end', reason: expect.stringMatching(/clean|torn/) })
    }
  }
  const lost = acked.filter((line) => !found.has(`${line.segment} ${line.offset} ${line.seq}`))
  expect(lost).toEqual([])
})

const hasStrace = spawnSync('strace', ['-V']).status === 0
if (!hasStrace) console.warn('SKIPPED: strace is not installed; the order of syncs is not proven.')

type SystemCall = { text: string; isDone: boolean }

/** The lines of a trace in order; a call that another thread cut in two is whole at its second line. */
function readTrace(log: string): SystemCall[] {
  const begun = new Map<string, string>()
  return log.split('\n').map((line) => {
    const [thread = ''] = line.split(' ', 1)
    if (line.includes('<unfinished')) begun.set(thread, line)
    const isEnd = line.includes(' resumed>')
    return {
      text: isEnd ? `${begun.get(thread)} ${line}` : line,
      isDone: !line.includes('<unfinished') && / = [0-9]/.test(line),
    }
  })
}

/** A writer's system calls until some acks were read. */
async function traceWriter(root: string, id: string): Promise<SystemCall[]> {
  const log = join(root, 'strace.log')
  const calls = 'trace=write,writev,pwritev,pwritev2,fsync,fdatasync'
  const strace = ['-f', '-y', '-s', '200', '-o', log, '-e', calls]
  const child = spawn('strace', [...strace, process.execPath, SCRIPT, root, 'traced', id], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acks = 0
  child.stdout.on('data', (bytes: Buffer) => {
    acks += bytes.toString().split('\n').length - 1
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  await waitFor('some acks', () => acks >= 40, { everyMs: 1 })
  // The writer ends when nobody reads what it prints.
  child.stdout.destroy()
  await ended
  return readTrace(await readFile(log, 'utf8'))
}

const isAck = ({ text }: SystemCall): boolean => text.includes('\\"seq\\":')
const isSync = ({ text, isDone }: SystemCall): boolean => isDone && /\bf(data)?sync\(/.test(text)

/** The end of the acked bytes in their segment. */
function ackedEnd({ text }: SystemCall): number {
  const [, length, offset] = /length\\":(\d+),.*offset\\":(\d+)/.exec(text) ?? []
  return Number(length) + Number(offset)
}

/** How far each ack reaches, and how far the segment was synced when it was printed. */
function* acksAndSyncs(
  trace: SystemCall[],
  segment: string,
): Generator<[acked: number, synced: number]> {
  let [written, synced] = [0, 0]
  for (const call of trace) {
    if (isAck(call)) yield [ackedEnd(call), synced]
    else if (!call.isDone || !call.text.includes(`<${segment}>`)) continue
    else if (isSync(call)) synced = written
    else written += Number(/ = (\d+)$/.exec(call.text)?.[1])
  }
}

it.skipIf(!hasStrace)(
  'acks only after the system has synced the segment and every directory that leads to it',
  { timeout: 60_000 },
  async ({ root }) => {
    const id = randomUUID()
    const trace = await traceWriter(root, id)
    const folder = folderPath(root, id)
    const [name = ''] = await readdir(folder)
    const segment = join(folder, name)
    const beforeFirst = trace.slice(0, trace.findIndex(isAck))
    for (const path of [segment, folder, join(folder, '..'), root]) {
      expect(
        beforeFirst.filter((call) => isSync(call) && call.text.includes(`<${path}>`)),
      ).not.toEqual([])
    }
    const acks = [...acksAndSyncs(trace, segment)]
    expect(acks.length).toBeGreaterThanOrEqual(40)
    for (const [acked, synced] of acks) expect(acked).toBeLessThanOrEqual(synced)
  },
)
