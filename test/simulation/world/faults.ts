// What breaks, and how it is mended when its time is over.
import { encodeStreamed, FRAME, joinBytes, jsonFrame } from '@holdfast/protocol'
import type { TakeRow } from '../../../web/buffer/rows.ts'
import { world } from '../engine/scheduler.ts'
import type { Person } from './person.ts'
import type { Fault, FaultPlan } from './plan.ts'
import type { Site } from './site.ts'

type Scene = { readonly site: Site; readonly persons: readonly Person[] }
type Acts = {
  begin(scene: Scene, plan: FaultPlan): void
  end?(scene: Scene, plan: FaultPlan): void
}

const HOUR_MS = 3_600_000

const FAULTS: Record<Fault, Acts> = {
  kill: {
    begin: ({ site }, { instance }) => site.kill(instance),
    end: ({ site }, { instance }) => site.start(instance),
  },
  shutDown: {
    begin: ({ site }, { instance }) => {
      const leaving = site.instance(instance)
      if (leaving?.isListening) world().after(0, () => void leaving.shutDown(), leaving.process)
    },
    end: ({ site }, { instance }) => site.start(instance),
  },
  stop: { begin: ({ site }, { instance, lastsMs }) => site.stop(site.instance(instance), lastsMs) },
  powerCut: {
    begin: ({ site }) => site.cutPower(),
    end: ({ site }) => site.givePower(),
  },
  databaseDown: {
    begin: ({ site }) => {
      world().trace('database', 'is down')
      site.database.end()
    },
    end: ({ site }) => {
      world().trace('database', 'is up')
      site.noteTrouble()
      site.database.begin()
    },
  },
  databaseFlaky: {
    begin: ({ site }) => Object.assign(site.database.trouble, { lostBefore: 0.1, lostAfter: 0.15 }),
    end: ({ site }) => {
      site.noteTrouble()
      Object.assign(site.database.trouble, { lostBefore: 0, lostAfter: 0 })
    },
  },
  lineDead: line({ isDead: true }, { isDead: false }),
  lineLossy: line({ loss: 0.3 }, { loss: 0 }),
  lineSlow: line({ slowMs: 1_500 }, { slowMs: 0 }),
  noSockets: line({ refusesSockets: true }, { refusesSockets: false }),
  cut: {
    begin: ({ site }) => {
      world().trace('network', 'cuts all connections')
      for (const connection of [...site.network.connections]) connection.cut()
    },
  },
  diskFull: disk((site) => {
    site.files.trouble.isFull = true
  }),
  syncFails: disk((site) => {
    site.files.trouble.failingSyncs = world().random.whole(1, 3)
  }),
  shortWrites: disk((site) => {
    site.files.trouble.shortWrites = world().random.whole(1, 8)
  }),
  clockSkew: {
    begin: ({ site }, { instance }) => {
      const found = site.instance(instance)
      if (found) found.process.clockSkewMs = world().random.pick([-HOUR_MS, HOUR_MS])
    },
  },
  echo: { begin: echo },
  rogue: { begin: rogue },
  earlyStop: { begin: earlyStop },
}

function line(trouble: object, mended: object): Acts {
  return {
    begin: ({ site }) => {
      world().trace('network', JSON.stringify(trouble))
      Object.assign(site.network.trouble, trouble)
    },
    end: ({ site }) => {
      world().trace('network', JSON.stringify(mended))
      Object.assign(site.network.trouble, mended)
    },
  }
}

function disk(begin: (site: Site) => void): Acts {
  return {
    begin: ({ site }) => {
      begin(site)
      world().trace('disk', JSON.stringify(site.files.trouble))
    },
    end: ({ site }) =>
      Object.assign(site.files.trouble, { isFull: false, failingSyncs: 0, shortWrites: 0 }),
  }
}

/** What was sent long ago arrives once more (I11). */
function echo({ site }: Scene): void {
  const { seen } = site.network
  const posts = seen.filter(({ path }) => path.endsWith('/frames'))
  for (const request of posts.slice(-3)) {
    world().after(world().random.between(1, 4_000), () => {
      world().trace('network', `repeats a request of ${request.who}`)
      site.network.sendOnly(request)
    })
  }
}

/** Somebody with the token of another recording (I12): nothing of this may be taken. */
function rogue({ site, persons }: Scene): void {
  const [victim, other] = [persons[0], persons[1]]
  if (!victim) return
  const hello = {
    v: 1,
    recording: victim.recordingId,
    token: other?.token ?? 'a-token-that-nobody-has',
  }
  const finish = { takes: [{ take: 0, chunks: 99 }], reason: 'user' }
  const frames = [jsonFrame(FRAME.HELLO, hello), jsonFrame(FRAME.FINISH, finish)]
  const path = `/api/recordings/${victim.recordingId}/frames`
  const body = joinBytes(frames.map(encodeStreamed))
  site.network.sendOnly({ method: 'POST', path, body, who: 'rogue' }, (answer) => {
    world().trace('rogue', `was answered ${answer?.status}`)
    if (answer && answer.status < 400) world().fail('I12: another token opened the recording')
  })
}

/** A stop is a maximum: it may come before its chunks, and lower than what was said before (I10). */
function earlyStop({ site, persons }: Scene): void {
  const { random } = world()
  const person = random.pick(persons)
  const takes = person.device.storage.rows.flatMap(({ key, value }) => {
    if (key.length !== 2) return []
    const { wire, chunks } = value as TakeRow
    return [{ take: wire, chunks: random.whole(0, chunks + (random.chance(0.1) ? 2 : 0)) }]
  })
  const { recordingId, token } = person
  const hello = { v: 1, recording: recordingId, token }
  const frames = [jsonFrame(FRAME.HELLO, hello), jsonFrame(FRAME.FINISH, { takes, reason: 'user' })]
  const path = `/api/recordings/${recordingId}/frames`
  world().trace('network', `stops ${person.device.name} with ${JSON.stringify(takes)}`)
  const body = joinBytes(frames.map(encodeStreamed))
  site.network.sendOnly({ method: 'POST', path, body, who: 'early stop' })
}

export function scheduleFaults(scene: Scene, faults: readonly FaultPlan[]): void {
  for (const plan of faults) {
    const acts = FAULTS[plan.fault]
    world().after(plan.atMs, () => acts.begin(scene, plan))
    if (acts.end) world().after(plan.atMs + plan.lastsMs, () => acts.end?.(scene, plan))
  }
}

/** Everything is mended, and everybody awake. */
export function calmDown({ site }: Scene): void {
  world().trace('world', 'calms down')
  for (const acts of Object.values(FAULTS)) {
    if (acts !== FAULTS.kill && acts !== FAULTS.shutDown)
      acts.end?.({ site } as Scene, {} as FaultPlan)
  }
  site.startAll()
}
