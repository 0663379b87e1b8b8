// A person's device: what its browser keeps while pages come and go.
import { currentProcess, world } from '../engine/scheduler.ts'
import type { Mark } from './camera.ts'
import { Locks } from './locks.ts'
import { Storage } from './storage.ts'

export class Device {
  readonly name: string
  readonly storage = new Storage()
  readonly locks = new Locks()
  /** Every frame that its camera gave. */
  readonly recorded: Mark[] = []

  constructor(name: string) {
    this.name = name
  }

  /** The browser sends it even when the page is gone; nobody reads the answer. */
  beacon(url: URL, body: Blob): boolean {
    const { network } = currentProcess().surroundings
    const who = this.name
    void body.arrayBuffer().then((bytes) => {
      world().trace(who, `beacon of ${bytes.byteLength} bytes`)
      network.sendOnly({ method: 'POST', path: url.pathname, body: new Uint8Array(bytes), who })
    })
    return true
  }
}
