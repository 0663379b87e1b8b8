// The power goes while recorders send: the file system is shut down without writing anything more, every process dies, and
// what was on the device is all there is.
import { join } from 'node:path'
import { fault, type Scene } from '../fault.ts'
import { pause } from '../ground.ts'
import { embeddedSite, onlyServer, type Site, sharedSite } from '../site.ts'
import { LOOP_NEEDS, LoopDisk } from './loop-disk.ts'

type OnDisk = Site & { readonly disk: LoopDisk }

async function cutAndComeBack({ site, random }: Scene & { site: OnDisk }): Promise<void> {
  const server = onlyServer(site)
  await pause(random() * 1000)
  await site.disk.cutPower()
  await server.kill()
  await site.disk.unmount()
  await site.disk.mount()
  await site.revive(server)
}

export const powerCut = fault<OnDisk>({
  name: 'power-cut',
  title: 'the disk of the media bytes loses its power, and the server with it',
  needs: LOOP_NEEDS,
  load: { everyMs: 30 },
  build: async (ground) => {
    const disk = await LoopDisk.open(ground)
    const site = await sharedSite(ground, { dataDir: join(disk.folder, 'data') })
    return Object.assign(site, { disk })
  },
  strike: cutAndComeBack,
  selfTests: [
    {
      without: 'fsync and fdatasync (eatmydata)',
      needs: ['eatmydata'],
      sabotage: { env: { LD_PRELOAD: 'libeatmydata.so' } },
      finds: /I1: unreadable/,
    },
  ],
})

export const powerCutEmbedded = fault<OnDisk>({
  name: 'power-cut-embedded',
  title:
    'the whole data folder loses its power, embedded database included, as `npm start` runs it',
  needs: LOOP_NEEDS,
  load: { everyMs: 30 },
  build: async (ground) => {
    const disk = await LoopDisk.open(ground)
    const site = await embeddedSite(ground, { dataDir: join(disk.folder, 'data') })
    return Object.assign(site, { disk })
  },
  strike: cutAndComeBack,
  selfTests: [
    {
      without: '`fsync` of the database',
      sabotage: {
        breaks: [
          { file: 'db/embedded/settings.ts', line: "  fsync: 'on',", instead: "  fsync: 'off'," },
          {
            file: 'server/database.ts',
            line: '    await refuseUnsafe(client)\n',
            instead: '    void refuseUnsafe\n',
          },
        ],
      },
      finds: /I1: acked and lost|did not get to its end/,
    },
  ],
})
