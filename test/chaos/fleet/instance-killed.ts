// One of several servers dies without a word, again and again: the others go on, and take up what it was doing.
import { WITHOUT_COMMIT } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { pause } from '../ground.ts'
import { FLEET_LOAD, type FleetSite, fleetSite, seenViolations } from './fleet-site.ts'

const KILLS = 4

async function killAnyone({ site, crew, random }: Scene): Promise<void> {
  for (let n = 0; n < KILLS; n += 1) {
    const server = site.servers[Math.floor(random() * site.servers.length)]
    if (!server) throw new Error('no servers')
    await pause(random() * 500)
    await server.kill()
    // Whoever was connected to it has found another before it is back.
    await crew.untilAcked(1)
    await site.revive(server)
  }
}

export const instanceKilled = fault<FleetSite>({
  name: 'instance-killed',
  title: 'SIGKILL of one of three servers behind HAProxy, four times, without Redis',
  needs: ['haproxy'],
  load: FLEET_LOAD,
  build: (ground) => fleetSite(ground, { proxy: 'haproxy', hasRedis: false }),
  strike: killAnyone,
  also: ({ site }) => seenViolations(site),
  selfTests: [WITHOUT_COMMIT],
})
