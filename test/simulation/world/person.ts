// A person who records: opens a page, may lose it, comes back or does not. The page runs the library as it is shipped.
import { CodedError } from '@holdfast/protocol'
import { drainUnsent } from '../../../web/session/earlier-visits.ts'
import { record } from '../../../web/session/record.ts'
import type { Recording } from '../../../web/session/recording.ts'
import type { Mark } from '../browser/camera.ts'
import { Device } from '../browser/device.ts'
import { describeError } from '../engine/describe-error.ts'
import { Process } from '../engine/process.ts'
import { inProcess, world } from '../engine/scheduler.ts'
import type { Network } from '../network/network.ts'
import type { PersonPlan, Turn } from './plan.ts'
import { SERVER_URL } from './settings.ts'

const RESTING: readonly string[] = ['ready', 'partial', 'failed']

/** A camera that never ends by itself. */
const stream = {
  active: true,
  getTracks: () => [],
  getVideoTracks: () => [{}],
} as unknown as MediaStream

export class Person {
  readonly device: Device
  readonly recordingId: string
  readonly plan: PersonPlan
  readonly #network: Network
  readonly #token: string
  /** The page that is open. */
  #page: Process | null = null
  #recording: Recording | null = null
  #visits = 0
  #wantsStop = false
  /** The open page was asked to record. */
  #records = false
  /** The library never said that a chunk had no place on the disk. */
  #isWhole = true
  #wasSafe = false

  constructor(name: string, plan: PersonPlan, network: Network) {
    this.device = new Device(name)
    this.plan = plan
    this.#network = network
    const digits = name.charCodeAt(0).toString(16).padStart(4, '0')
    this.recordingId = `0199a0de-0000-7000-8000-00000000${digits}`
    this.#token = `token-of-${name}-with-enough-characters`
  }

  get token(): string {
    return this.#token
  }

  /** Every frame that its camera gave. */
  get recorded(): readonly Mark[] {
    return this.device.recorded
  }

  /** No page was lost, and it was called safe: all that was recorded must be in the file. */
  get owesEverything(): boolean {
    return this.#isWhole && this.#visits === 1 && this.#wasSafe
  }

  get page(): Process | null {
    return this.#page
  }

  /** Whether anything waits on this device to be sent. */
  get waits(): boolean {
    return this.device.storage.rows.some(({ key }) => key.length === 3)
  }

  /** The open page still captures or sends. */
  get isBusy(): boolean {
    const state = this.#recording?.state
    if (!this.#page) return false
    return this.waits || (state !== undefined && !RESTING.includes(state))
  }

  /** Lives the plan, turn after turn. */
  live(): void {
    world().after(this.plan.beginsAtMs, () => this.#open(true))
    for (const { atMs, turn } of this.plan.turns) {
      world().after(this.plan.beginsAtMs + atMs, () => this.#take(turn))
    }
  }

  /** The end of every story: whoever still records stops, and who comes back opens a page so that what waits is sent. */
  comeToAnEnd(): void {
    if (this.#page?.isStopped) this.#page.goOn()
    this.device.storage.isFull = false
    if (this.#page) this.stopRecording()
    else if (this.plan.comesBack) this.#open(false)
  }

  #open(records: boolean): void {
    if (this.#page) {
      // A page that sends what waits may record as well.
      if (records && !this.#records) this.inPage(() => void this.#record())
      return
    }
    this.#visits += 1
    const name = `${this.device.name}${this.#visits}`
    this.#page = new Process(name, { device: this.device, network: this.#network })
    world().trace(name, records ? 'opens the page and records' : 'opens the page')
    inProcess(this.#page, () => {
      void drainUnsent({
        server: SERVER_URL,
        onUnreadable: (_id, error) => world().fail(`unreadable: ${describeError(error)}`),
      })
      if (records) void this.#record()
    })
  }

  async #record(): Promise<void> {
    const { timesliceMs } = this.plan
    this.#wantsStop = false
    this.#records = true
    try {
      this.#recording = await record(stream, {
        ...{ server: SERVER_URL, id: this.recordingId, token: this.#token, timesliceMs },
      })
      this.#listen(this.#recording)
      if (this.#wantsStop) this.stopRecording()
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      world().trace(this.device.name, `cannot record: ${error.code}`)
    }
  }

  #listen(recording: Recording): void {
    const name = this.#page?.name ?? ''
    recording.on('state', ({ state }) => {
      world().trace(name, `is ${state}`)
      if (state === 'safe') this.#wasSafe = true
      if (state === 'failed' || state === 'partial') this.#isWhole = false
    })
    recording.on('error', ({ code }) => {
      world().trace(name, `says ${code}`)
      if (code === 'chunk_lost') this.#isWhole = false
    })
    recording.safe.catch(() => undefined)
  }

  #take(turn: Turn): void {
    world().trace(this.device.name, turn)
    TURNS[turn](this)
  }

  /** Also before it has begun. */
  stopRecording(): void {
    this.#wantsStop = true
    this.inPage((_page, recording) => void recording?.stop().catch(() => undefined))
  }

  /** Runs something in the open page, if one is. */
  inPage(work: (page: Process, recording: Recording | null) => void): void {
    const page = this.#page
    if (page) world().after(0, () => work(page, this.#recording), page)
  }

  /** The page is gone from one moment to the next. */
  losePage(): void {
    this.#page?.kill()
    this.#page = null
    this.#recording = null
    this.#records = false
    this.#isWhole = false
  }

  openAgain(records: boolean): void {
    this.#open(records)
  }
}

function leave(person: Person): void {
  person.inPage((page) => page.events.dispatchEvent(new Event('pagehide')))
}

const TURNS: Record<Turn, (person: Person) => void> = {
  stop: (person) => person.stopRecording(),
  pause: (person) => person.inPage((_page, recording) => recording?.pause()),
  resume: (person) => person.inPage((_page, recording) => recording?.resume()),
  switch: (person) => {
    person.inPage((_page, recording) => void recording?.switchStream(stream).catch(() => undefined))
  },
  crash: (person) => person.losePage(),
  close: (person) => {
    leave(person)
    person.losePage()
  },
  losePower: (person) => {
    person.losePage()
    person.device.storage.losePower()
  },
  leave,
  return: (person) => {
    const shown = Object.assign(new Event('pageshow'), { persisted: true })
    person.inPage((page) => page.events.dispatchEvent(shown))
  },
  visit: (person) => person.openAgain(false),
  recordOn: (person) => person.openAgain(true),
  sleep: (person) => person.page?.stop(),
  wake: (person) => person.page?.goOn(),
  diskFull: (person) => {
    person.device.storage.isFull = true
  },
  diskFree: (person) => {
    person.device.storage.isFull = false
  },
}
