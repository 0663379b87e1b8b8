// libfaketime: the wall clock of a process, which can be made to jump while it runs. What counts time that passed
// (CLOCK_MONOTONIC) goes on as it was, as on a machine whose clock is set.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Ground } from '../ground.ts'

const LIBRARY = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path))

export const hasFakeClock = LIBRARY !== undefined

export class FakeClock {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  static async make(ground: Ground): Promise<FakeClock> {
    const clock = new FakeClock(join(ground.folder, 'clock'))
    await clock.jump('+0')
    return clock
  }

  /** What a process is started with that lives by this clock. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: LIBRARY ?? '',
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
  }

  /** @param offset of the real time, as in `+1h`; at once */
  async jump(offset: string): Promise<void> {
    await writeFile(this.#file, `${offset}\n`)
  }
}
