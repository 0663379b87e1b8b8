// The first thing that a reader of docs/api.md will do. Needs bash, curl and split; says so where one is missing.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/server.ts'
import { readText } from './tracked-files.ts'

const TAKE = new URL('../fixtures/corpus/webm-vp8-opus-ts100-8s/', import.meta.url)
const absent = ['bash', 'curl', 'split'].filter(
  (program) => spawnSync(program, ['--version']).status !== 0,
)
if (absent.length > 0)
  console.warn(`skipped: the example of docs/api.md needs ${absent.join(', ')}`)

/** The first shell block under the heading, told another address. */
function exampleFor(url: string): string {
  const [, section = ''] = readText('docs/api.md').split('## A recording with curl\n')
  const script = /^```sh\n([\s\S]*?)^```/m.exec(section)?.[1] ?? ''
  expect(script).toContain('http://localhost:3000')
  return script.replace('http://localhost:3000', url)
}

test.skipIf(absent.length > 0)(
  'the example with curl records what it sends, and gets a file back',
  { timeout: 60_000 },
  async () => {
    const server = await startServer()
    onTestFinished(() => server.stop())
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-example-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const names = (await readdir(TAKE)).filter((name) => name.endsWith('.bin')).toSorted()
    const parts = await Promise.all(names.map((name) => readFile(new URL(name, TAKE))))
    await writeFile(join(folder, 'some.webm'), Buffer.concat(parts))

    const script = `set -e\n${exampleFor(server.url)}`
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })

    expect(stdout).toContain('"complete":true')
    expect(stdout).not.toContain('"error"')
    const result = await readFile(join(folder, 'result.webm'))
    const media = Buffer.concat(parts)
    expect(result.subarray(0, 4)).toEqual(media.subarray(0, 4))
    expect(result.length).toBeGreaterThanOrEqual(media.length)
    // The last Cluster of the take is 473 bytes long; behind its new head it is as it was sent.
    expect(result.subarray(-400).equals(media.subarray(-400))).toBe(true)
  },
)
