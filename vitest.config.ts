import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const everywhere = '{protocol,media,db,server,web,scripts,test}/**/*.test.ts'
/** Real Chromium, real time: one after another, with the machine to themselves. */
const withBrowser = 'test/{e2e,ui,web}/**/*.test.ts'
const never = ['**/node_modules/**', 'web/dist/**']

// `forks` fails inside Bun; threads work. Suites that kill processes bring their own time limits.
export default defineConfig({
  test: {
    pool: 'threads',
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          // They wait more than they compute: one core alone would have them one after another.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          include: [everywhere],
          exclude: [...never, withBrowser],
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
