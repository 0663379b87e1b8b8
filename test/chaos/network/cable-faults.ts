// What happens below TCP: packets that are lost, and an address that changes under living connections.
import { fault } from '../fault.ts'
import { pause } from '../ground.ts'
import { CABLE_NEEDS, type OnCable, siteOnCable } from './cable.ts'

export const packetLoss = fault<OnCable>({
  name: 'packet-loss',
  title: '30 % of all packets are lost, each way, for 3 s',
  needs: CABLE_NEEDS,
  load: { recorders: 4, everyMs: 150 },
  build: (ground) => siteOnCable(ground, { HOLDFAST_GRACE_MS: '15000' }),
  strike: async ({ site }) => {
    await site.cable.lose(0.3)
    await pause(3000)
    await site.cable.lose(0)
  },
  selfTests: [
    {
      without: 'a grace time longer than a lost packet',
      sabotage: { env: { HOLDFAST_GRACE_MS: '200', HOLDFAST_SWEEP_MS: '20' } },
      finds: /I5: finalized while it lived/,
    },
  ],
})

export const addressChange = fault<OnCable>({
  name: 'address-change',
  title: 'the address of the recorders changes under their connections',
  needs: CABLE_NEEDS,
  load: { recorders: 4 },
  allow: { mayEndEarly: true },
  build: (ground) => siteOnCable(ground),
  strike: ({ site }) => site.cable.changeAddress(),
  selfTests: [
    {
      without: 'a second connection beside one that looks alive',
      sabotage: {
        breaks: [
          {
            file: 'server/ingest/admission.ts',
            line: '    live.users += 1\n',
            instead: `    if (live.users > 0) throw new HoldfastError('unavailable')
    live.users += 1
`,
          },
        ],
      },
      finds: /did not get to its end/,
    },
  ],
})
