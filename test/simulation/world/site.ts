// The machines: instances on one shared disk and one database, with what can befall them. Whatever dies is started again,
// as an operator's process manager does.
import type { Compaction, CompactionClaim } from '@holdfast/db'
import type { HoldfastEvent } from '@holdfast/protocol'
import { segmentPath } from '../../../server/store/recording-folder.ts'
import { LedgerWatch } from '../check/ledger-watch.ts'
import { Witness } from '../check/witness.ts'
import { FileSystem } from '../disk/file-system.ts'
import { world } from '../engine/scheduler.ts'
import { type Committed, Database } from '../ledger/database.ts'
import { Network } from '../network/network.ts'
import { Instance } from './instance.ts'
import type { Plan } from './plan.ts'
import { STORE_ROOT } from './settings.ts'

type SitePlan = Pick<Plan, 'instances' | 'sleepyFinalizers' | 'rottenObjects'>

const START_AGAIN_MS = 500

export class Site {
  readonly witness = new Witness()
  readonly files = new FileSystem()
  readonly database = new Database()
  readonly network = new Network(this.witness)
  readonly watch = new LedgerWatch(this.database, this.witness)
  readonly #instances: (Instance | null)[]
  readonly #starts: number[]
  #told = 0
  readonly #plan: SitePlan
  /** Objects that the disk has damaged. */
  readonly rotten = new Set<string>()

  constructor(plan: SitePlan) {
    const { instances } = plan
    this.#instances = Array.from({ length: instances }, () => null)
    this.#starts = Array.from({ length: instances }, () => 0)
    this.#plan = plan
    this.files.makeFolder('/data')
    this.network.attach(() => this.instances)
    this.database.onCommit = (committed) => this.#committed(committed)
  }

  get instances(): Instance[] {
    return this.#instances.filter((one) => one !== null)
  }

  instance(place: number): Instance | null {
    return this.#instances[place % this.#instances.length] ?? null
  }

  start(place: number): void {
    const at = place % this.#instances.length
    if (this.#instances[at]?.process.isAlive) return
    this.#starts[at] = (this.#starts[at] ?? 0) + 1
    const started = new Instance({
      name: `i${at + 1}-${this.#starts[at]}`,
      surroundings: { files: this.files, database: this.database, network: this.network },
      isAlone: this.#instances.length === 1,
      onFailedStart: () => world().after(START_AGAIN_MS, () => this.start(place)),
    })
    this.#instances[at] = started
    world().trace(started.process.name, 'starts')
    started.start()
  }

  startAll(): void {
    for (const at of this.#instances.keys()) this.start(at)
  }

  kill(place: number): void {
    const instance = this.instance(place)
    if (!instance?.process.isAlive) return
    world().trace(instance.process.name, 'is killed')
    instance.process.kill()
  }

  /** SIGSTOP, and SIGCONT a while later: what it does then it does as a zombie. */
  stop(instance: Instance | null, lastsMs: number): void {
    if (!instance?.process.isAlive || instance.process.isStopped) return
    const { process } = instance
    world().trace(process.name, `sleeps for ${Math.round(lastsMs)} ms`)
    process.stop()
    world().after(lastsMs, () => {
      instance.noteTrouble()
      world().trace(process.name, 'goes on')
      process.goOn()
    })
  }

  /** One machine: instances, database and disk at once. */
  cutPower(): void {
    world().trace('power', 'is cut')
    for (const { process } of this.instances) process.kill()
    this.database.end()
    this.files.losePower(world().random)
  }

  givePower(): void {
    world().trace('power', 'is back')
    this.database.begin()
    this.startAll()
  }

  noteTrouble(): void {
    for (const instance of this.instances) instance.noteTrouble()
  }

  #committed(committed: Committed): void {
    this.watch.see(committed)
    this.#spread()
    const { name, result } = committed
    if (name === 'claimDue' && (result as unknown[]).length > 0) this.#maybeSleep(committed)
    if (name === 'commitCompaction' && result !== null) this.#maybeRot(committed)
  }

  /** Right after its claim: when it wakes its lease may be another's, and the recorder alive. */
  #maybeSleep({ process }: Committed): void {
    const { random } = world()
    if (!random.chance(this.#plan.sleepyFinalizers)) return
    const instance = this.instances.find((one) => one.process === process) ?? null
    world().after(random.between(1, 12), () => this.stop(instance, random.between(100, 11_000)))
  }

  /** A bit of an object turns over that has just replaced its segments: they must not be deleted any more. */
  #maybeRot({ given }: Committed): void {
    const { random } = world()
    const [{ recordingId }, { move }] = given as [CompactionClaim, Compaction]
    if (!move || move.moves.length === 0 || !random.chance(this.#plan.rottenObjects)) return
    const path = segmentPath(STORE_ROOT, recordingId, move.object)
    world().after(random.between(1, 3_000), () => {
      world().trace('disk', `rots ${move.object}`)
      this.rotten.add(path)
      const { offset } = random.pick(move.moves)
      this.files.file(path).rot(offset + random.whole(0, 20))
    })
  }

  /** As LISTEN and NOTIFY: every instance hears of what was committed. */
  #spread(): void {
    const { events } = this.database.tables
    for (const event of events.slice(this.#told)) {
      if (world().tell) traceEvent(event)
      for (const instance of this.instances) {
        world().after(world().random.between(1, 30), () => instance.tell(event), instance.process)
      }
    }
    this.#told = events.length
  }
}

function traceEvent(event: HoldfastEvent): void {
  const { id, ...rest } = event
  world().trace('ledger', `…${id.slice(-4)} ${JSON.stringify(rest).slice(0, 100)}`)
}
