// What a store is known by: an id that lies in it, under a name that no recording has. It goes along with every copy and
// every backup of the whole store, and is nowhere else.
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { errorCode, nodeDisk } from './disk.ts'

export const STORE_ID = 'store-id'

export interface StoreIdentity {
  /** For a person: the folder or the bucket. */
  readonly where: string
  /** null where none lies. @throws HoldfastError `store_failed` */
  read(): Promise<string | null>
  /**
   * Puts this id there, durably, unless another lies there already. Of several who do it at once all get the same.
   * @returns the one that lies there
   * @throws HoldfastError `store_failed`
   */
  make(id: string): Promise<string>
}

export class FolderIdentity implements StoreIdentity {
  readonly where: string
  readonly #path: string

  /** @param root the folder of all recordings */
  constructor(root: string) {
    this.where = root
    this.#path = join(root, STORE_ID)
  }

  async read(): Promise<string | null> {
    try {
      return (await readFile(this.#path, 'utf8')).trim()
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return null
      throw new HoldfastError('store_failed', { cause })
    }
  }

  /** Under another name first: nobody may read half of it, and a link never takes the place of what is there. */
  async make(id: string): Promise<string> {
    const temporary = `${this.#path}.${id}`
    try {
      await writeFile(temporary, `${id}\n`, { flush: true, mode: 0o600 })
      await link(temporary, this.#path).catch(unlessThere)
      await rm(temporary)
      await nodeDisk.syncDirectory(this.where)
    } catch (cause) {
      throw new HoldfastError('store_failed', { cause })
    }
    return (await this.read()) ?? id
  }
}

function unlessThere(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error
}
