import { defineConfig } from 'vitest/config'

// `forks` fails inside Bun; threads work. Suites that kill processes bring their own time limits.
export default defineConfig({
  test: {
    pool: 'threads',
    include: ['{protocol,media,db,server,web,scripts,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'web/dist/**'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
