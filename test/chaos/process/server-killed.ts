// SIGKILL of the server at random moments, and with it of the database that it runs.
import { WITHOUT_COMMIT } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { pause } from '../ground.ts'
import { embeddedSite, onlyServer, sharedSite } from '../site.ts'

const KILLS = 2

async function killAgainAndAgain({ site, crew, random }: Scene): Promise<void> {
  const server = onlyServer(site)
  for (let i = 0; i < KILLS; i++) {
    await pause(random() * 800)
    await server.kill()
    if (random() < 0.3) await pause(random() * 800)
    await site.revive(server)
    if (i < KILLS - 1) await crew.untilAcked(1)
  }
}

export const serverKilled = fault({
  name: 'server-killed',
  title: 'SIGKILL of the server and its embedded database, twice',
  build: (ground) => embeddedSite(ground),
  strike: killAgainAndAgain,
  selfTests: [WITHOUT_COMMIT],
})

export const serverKilledAlone = fault({
  name: 'server-killed-alone',
  title: 'SIGKILL of a server (on Node) whose database lives on, twice',
  build: (ground) => sharedSite(ground, { runtime: 'node' }),
  strike: killAgainAndAgain,
  selfTests: [WITHOUT_COMMIT],
})
