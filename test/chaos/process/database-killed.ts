// The database dies under its servers: at once and without a word, and by the stop that leaves everything to the log.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TAKE_ANY_DATABASE, WITHOUT_COMMIT } from '../breaks.ts'
import { fault } from '../fault.ts'
import { pause } from '../ground.ts'
import { OwnDatabase } from '../own-database.ts'
import { embeddedSite, onlyServer, type Site, sharedSite } from '../site.ts'

type WithDatabase = Site & { readonly database: OwnDatabase }

export const databaseKilled = fault<WithDatabase>({
  name: 'database-killed',
  title: 'an external Postgres: immediate stop, then SIGKILL',
  // What was committed when the connection broke is acked as a repeat later.
  allow: { mayForgetCounts: true },
  build: async (ground) => {
    const database = await OwnDatabase.start(ground)
    const site = await sharedSite(ground, { database: database.connection })
    return Object.assign(site, { database })
  },
  strike: async ({ site: { database }, crew, random }) => {
    for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
      await pause(random() * 800)
      await database.kill(signal)
      await pause(random() * 800)
      await database.start()
      if (signal === 'SIGQUIT') await crew.untilAcked(1)
    }
  },
  selfTests: [
    {
      without: '`synchronous_commit`',
      sabotage: {
        breaks: [
          TAKE_ANY_DATABASE,
          {
            file: 'db/client.ts',
            line: "      application_name: 'holdfast',",
            instead: "      application_name: 'holdfast', synchronous_commit: 'off',",
          },
        ],
      },
      finds: /I1: acked and lost/,
    },
  ],
})

export const embeddedDatabaseKilled = fault({
  name: 'embedded-database-killed',
  title: 'the embedded Postgres is SIGKILLed under its server, which starts it again',
  build: (ground) => embeddedSite(ground),
  strike: async ({ site, random }) => {
    await pause(random() * 800)
    const { dataDir } = onlyServer(site)
    const [pid] = (await readFile(join(dataDir, 'postgres/18/postmaster.pid'), 'utf8')).split('\n')
    process.kill(Number(pid), 'SIGKILL')
  },
  selfTests: [WITHOUT_COMMIT],
})
