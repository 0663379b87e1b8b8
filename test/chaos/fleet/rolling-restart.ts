// An update without an outage: each server in turn is told to stop and started again, while recorders send through the proxy.
import { fault, type Scene } from '../fault.ts'
import { FLEET_LOAD, type FleetSite, fleetSite, seenViolations } from './fleet-site.ts'

async function restartEach({ site, crew }: Scene): Promise<void> {
  for (const server of site.servers) {
    const code = await server.kill('SIGTERM')
    if (code !== 0) throw new Error(`a server that was asked to stop ended with ${code}`)
    await site.revive(server)
    await crew.untilAcked(1)
  }
}

export const rollingRestart = fault<FleetSite>({
  name: 'rolling-restart',
  title: 'each of three servers behind nginx is stopped and started again, one after the other',
  needs: ['nginx', 'redis'],
  load: FLEET_LOAD,
  build: (ground) => fleetSite(ground, { proxy: 'nginx', hasRedis: true }),
  strike: restartEach,
  also: ({ site }) => seenViolations(site),
  selfTests: [
    {
      without: 'resuming events behind the last one that was heard',
      sabotage: {
        breaks: [
          {
            file: 'server/recordings/event-routes.ts',
            line: "    after: readEventId(c.req.header('last-event-id') ?? c.req.query('lastEventId')),",
            instead: '    after: (readEventId(undefined)),',
          },
        ],
      },
      finds: /events: of \d+, [1-9]\d* were not heard/,
    },
  ],
})
