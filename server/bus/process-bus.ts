// The bus of a single process: nobody else can open its database.
import type { Bus } from './bus.ts'

export class ProcessBus implements Bus {
  readonly isAway = false
  #wake: () => void = () => undefined

  listen(wake: () => void): Promise<void> {
    this.#wake = wake
    return Promise.resolve()
  }

  publish(): void {
    this.#wake()
  }

  close(): Promise<void> {
    this.#wake = () => undefined
    return Promise.resolve()
  }
}
