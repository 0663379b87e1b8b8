// The power goes while recorders send: the file system is shut down without writing anything more, every process dies, and
// what was on the device is all there is.
import { join } from 'node:path'
import { TAKE_ANY_DATABASE } from '../breaks.ts'
import { fault, type Scene } from '../fault.ts'
import { pause } from '../ground.ts'
import { embeddedSite, onlyServer } from '../site.ts'
import { LOOP_NEEDS, LoopDisk, type OnDisk, siteOnDisk } from './loop-disk.ts'

/** The second time in the middle of a start, when databases write the files that say who runs them. */
async function cutTwice(scene: Scene & { site: OnDisk }): Promise<void> {
  const { site, random } = scene
  await cutAndComeBack(scene)
  const server = onlyServer(site)
  await server.kill()
  const starting = site.revive(server).catch(() => undefined)
  await pause(random() * 600)
  await server.kill()
  await site.disk.cutPower()
  await starting
  await site.disk.unmount()
  await site.disk.mount()
  await site.revive(server)
}

async function cutAndComeBack({ site, random }: Scene & { site: OnDisk }): Promise<void> {
  const server = onlyServer(site)
  await pause(random() * 1000)
  // The process first: one that outlived the power could send an ack that nobody would ever have read.
  await server.kill()
  await site.disk.cutPower()
  await site.disk.unmount()
  await site.disk.mount()
  await site.revive(server)
}

export const powerCut = fault<OnDisk>({
  name: 'power-cut',
  title: 'the disk of the media bytes loses its power, and the server with it',
  needs: LOOP_NEEDS,
  load: { everyMs: 30 },
  build: (ground) => siteOnDisk(ground),
  strike: cutAndComeBack,
  selfTests: [
    {
      without: 'fsync and fdatasync (eatmydata)',
      needs: ['eatmydata'],
      sabotage: { env: { LD_PRELOAD: 'libeatmydata.so' } },
      // Without a sync the store's own id may be gone as well: then the start is refused.
      finds: /I1: (unreadable|acked and lost)|is not the store of this database/,
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
  strike: cutTwice,
  selfTests: [
    {
      without: '`fsync` of the database',
      sabotage: {
        breaks: [
          { file: 'db/embedded/settings.ts', line: "  fsync: 'on',", instead: "  fsync: 'off'," },
          TAKE_ANY_DATABASE,
        ],
      },
      finds: /I1: acked and lost|did not get to its end/,
    },
  ],
})
