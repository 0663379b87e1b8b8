import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

const everywhere = '{protocol,media,db,server,web,scripts,test}/**/*.test.ts'
/** Real Chromium, real time: one after another, with the machine to themselves. */
const withBrowser = 'test/{e2e,ui,web}/**/*.test.ts'
/** The contract's rules once more, with three instances behind a proxy. All of it: `bun run suite:fleet`. */
const everyRule = 'chunks,events,finish,greeting,limits,media,post-frames,put-chunk'
/** They wait more than they compute: with a worker for each core a quarter of the machine has nothing to do. */
const maxWorkers = availableParallelism() + 1
const never = ['**/node_modules/**', 'web/dist/**']

// `forks` fails inside Bun; threads work. Suites that kill processes bring their own time limits.
export default defineConfig({
  test: {
    pool: 'threads',
    globalSetup: ['test/support/global-setup.ts'],
    // Bounds for what hangs, not for what is slow: two cores run databases, browsers and servers at once.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          maxWorkers,
          include: [everywhere],
          exclude: [...never, withBrowser],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'fleet',
          include: [`test/contract/{${everyRule}}.test.ts`],
          env: { HOLDFAST_TEST_INSTANCES: '3' },
          // Three servers, a proxy and a Redis are started in each.
          hookTimeout: 180_000,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [withBrowser],
          exclude: never,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
