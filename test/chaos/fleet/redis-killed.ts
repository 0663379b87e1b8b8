// Redis dies, comes back, falls silent, comes back: it holds no fact, so nothing is missing and nobody is told.
import { randomUUID } from 'node:crypto'
import { EventListener } from '../../support/event-listener.ts'
import { sumOf } from '../../support/invariants.ts'
import { waitFor } from '../../support/wait-for.ts'
import { WireHttp } from '../../support/wire-client.ts'
import { fault, type Scene } from '../fault.ts'
import { FLEET_LOAD, type FleetSite, fleetSite, seenViolations } from './fleet-site.ts'

async function loseRedisTwice({ site, crew }: Scene & { site: FleetSite }): Promise<void> {
  const { redis } = site.fleet
  if (!redis) throw new Error('a fleet without Redis')
  await redis.kill()
  await untilAway(site, 1)
  await hearEachOther(site)
  await crew.untilAcked(1)
  await redis.start()
  await untilAway(site, 0)
  redis.freeze()
  await untilAway(site, 1)
  await hearEachOther(site)
  redis.thaw()
  await untilAway(site, 0)
  await hearEachOther(site)
}

/** Waits until every server says that Redis is away (1) or not (0). */
async function untilAway({ servers }: FleetSite, away: number): Promise<void> {
  for (const { url } of servers) {
    await waitFor(`Redis away: ${away}`, async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      return sumOf(metrics, 'holdfast_bus_away') === away
    })
  }
}

/** What is made at one server is told at another. */
async function hearEachOther({ fleet }: FleetSite): Promise<void> {
  const listener = await EventListener.open(`${fleet.at(0).url}/api/events`)
  const { id } = await new WireHttp(fleet.at(1).url).create({ title: randomUUID() })
  await listener.event(id, 'status')
  listener.close()
}

export const redisKilled = fault<FleetSite>({
  name: 'redis-killed',
  title: 'Redis between three servers is killed, started, frozen and thawed',
  needs: ['nginx', 'redis'],
  load: FLEET_LOAD,
  build: async (ground) => ({
    ...(await fleetSite(ground, { proxy: 'nginx', hasRedis: true })),
    rowsBefore: 0,
  }),
  strike: loseRedisTwice,
  also: ({ site }) => seenViolations(site),
  selfTests: [
    {
      without: 'letting a message go that Redis does not take',
      sabotage: {
        breaks: [
          {
            file: 'server/bus/redis-bus.ts',
            line: "    if (this.#publisher.status !== 'ready') return\n    try {",
            instead:
              "    if (this.#publisher.status !== 'ready') throw new Error('away')\n    try {",
          },
        ],
      },
      finds: /a server logged an error: .*away/,
    },
  ],
})
