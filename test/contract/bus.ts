// What every Bus keeps, whatever it goes over. Each implementation runs this suite beside its own tests.
import { describe, expect, test } from 'vitest'
import type { Bus } from '../../server/bus/bus.ts'
import { waitFor } from '../support/wait-for.ts'

/** What instances share. */
export type BusBed = {
  /** As many instances as there can be, three at most. */
  names: readonly string[]
  /** Another instance. */
  open(name: string): Bus
  /** Nobody reaches anybody, until `restore`. */
  breakDown(): Promise<void> | void
  restore(): Promise<void> | void
  dispose(): Promise<void>
}

/** An instance that reads what is new whenever it is woken, as the feed does. */
class Reader {
  readonly bus: Bus
  wakes = 0
  seen = 0
  readonly #fact: { value: number }

  constructor(bus: Bus, fact: { value: number }) {
    this.bus = bus
    this.#fact = fact
  }

  listen(): Promise<void> {
    return this.bus.listen(() => {
      this.wakes += 1
      this.seen = this.#fact.value
    })
  }
}

/** Some instances that listen, and the fact that they read. */
async function crew(bed: BusBed) {
  const fact = { value: 0 }
  const readers = bed.names.map((name) => new Reader(bed.open(name), fact))
  await Promise.all(readers.map((reader) => reader.listen()))
  const publish = (reader: Reader | undefined) => {
    fact.value += 1
    reader?.bus.publish()
  }
  const allSee = (what: string) =>
    waitFor(what, () => readers.every(({ seen }) => seen === fact.value), { everyMs: 5 })
  const close = () => Promise.all(readers.map(({ bus }) => bus.close()))
  return { readers, fact, publish, allSee, close }
}

export function busContract(name: string, makeBed: () => Promise<BusBed>): void {
  const busTest = test.extend('bed', async ({ task: _task }, { onCleanup }) => {
    const bed = await makeBed()
    onCleanup(() => bed.dispose())
    return bed
  })

  describe(`${name}, as every bus,`, () => {
    busTest('wakes who published before it returns', async ({ bed }) => {
      const { readers, publish, close } = await crew(bed)
      const before = readers[0]?.wakes ?? 0
      publish(readers[0])
      expect(readers[0]?.wakes).toBe(before + 1)
      await close()
    })

    busTest('wakes every instance, whoever published', async ({ bed }) => {
      const { readers, publish, allSee, close } = await crew(bed)
      for (const reader of readers) {
        publish(reader)
        await allSee('what one published')
      }
      await close()
    })

    busTest('wakes everybody once more after the last of many', async ({ bed }) => {
      const { readers, publish, allSee, close } = await crew(bed)
      for (let n = 0; n < 500; n += 1) {
        publish(readers[n % readers.length])
        if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      await allSee('the last of many')
      await close()
    })

    busTest('is silent once it is closed, and may be used and closed again', async ({ bed }) => {
      const { readers, fact, publish, close } = await crew(bed)
      const last = readers.at(-1)
      const others = readers.slice(0, -1)
      await last?.bus.close()
      const before = last?.wakes
      publish(last)
      for (const reader of others) publish(reader)
      await waitFor('the open ones', () => others.every(({ seen }) => seen === fact.value))
      await close()
      expect(last?.wakes).toBe(before)
    })

    busTest('never fails who publishes while nobody can be reached', async ({ bed }) => {
      const { readers, publish, allSee, close } = await crew(bed)
      await bed.breakDown()
      const [a] = readers
      for (let n = 0; n < 20; n += 1) publish(a)
      expect(a?.seen).toBe(20)
      await bed.restore()
      // Told or not meanwhile: whoever is back looks once, without being told again.
      await allSee('what was missed')
      publish(a)
      await allSee('what came after it')
      await close()
    })
  })
}
