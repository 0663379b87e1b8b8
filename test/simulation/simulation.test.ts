// The simulation as a test: the same program as `bun run sim`, in a process of its own, since its globals are simulated.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { applyPatches } from './build.ts'

const PROGRAM = fileURLToPath(new URL('sim.ts', import.meta.url))
/** Of a machine that does much else. */
const LIMIT_MS = 600_000

/** What it said, and how it ended. */
async function sim(...options: string[]): Promise<{ said: string; code: number | null }> {
  const child = spawn('bun', [PROGRAM, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      said += part
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { said, code }
}

test(
  '2,000 seeds and the stories that went wrong once break no invariant',
  async () => {
    const { said, code } = await sim()
    console.info(said)
    expect(said).toMatch(/^2000 seeds .* 0 failed$/m)
    expect(code, said).toBe(0)
  },
  LIMIT_MS,
)

test(
  'every planted bug is found',
  async () => {
    const { said, code } = await sim('--planted')
    console.info(said)
    expect(said).not.toContain('LIVED')
    expect(code, said).toBe(0)
  },
  LIMIT_MS,
)

test(
  'a seed is the same world every time, told step by step',
  async () => {
    const [one, two] = [await sim('--seed', '7'), await sim('--seed', '7')]
    expect(one.said.split('\n').length).toBeGreaterThan(20)
    expect(two.said).toBe(one.said)
  },
  LIMIT_MS,
)

test('a patch that fits no place, or two, is an error', () => {
  const patch = { file: 'a.ts', find: 'x', replace: 'y' }
  expect(() => applyPatches('nothing', [patch])).toThrow('fits 0 places of a.ts')
  expect(() => applyPatches('x and x', [patch])).toThrow('fits 2 places of a.ts')
  expect(applyPatches('one x', [patch])).toBe('one y')
})
