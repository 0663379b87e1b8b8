// A control group that bounds the memory of the processes in it: past the bound the kernel kills one of them, as it does
// when a machine has none left. Of the first kind of control groups or the second, whichever this machine has.
import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeGroup } from './control-group.ts'
import type { Ground } from './ground.ts'

type Kind = { readonly root: string; readonly limit: string; readonly kills: string }

const KINDS: readonly Kind[] = [
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', kills: 'memory.oom_control' },
  { root: '/sys/fs/cgroup', limit: 'memory.max', kills: 'memory.events' },
]

/** Makes a group; false when this machine cannot, or we may not. */
function isMade({ root, limit }: Kind, name: string): boolean {
  const folder = join(root, name)
  try {
    mkdirSync(folder)
  } catch {
    return false
  }
  const hasLimit = existsSync(join(folder, limit))
  if (!hasLimit) rmdirSync(folder)
  return hasLimit
}

export const boundsMemory = KINDS.some((kind) => {
  const name = `holdfast-probe-${process.pid}`
  if (!isMade(kind, name)) return false
  rmdirSync(join(kind.root, name))
  return true
})

export class MemoryGroup {
  readonly #folder: string
  readonly #kind: Kind

  private constructor(folder: string, kind: Kind) {
    this.#folder = folder
    this.#kind = kind
  }

  static open(ground: Ground): MemoryGroup {
    const name = `holdfast-chaos-${process.pid}-${Date.now()}`
    const kind = KINDS.find((one) => isMade(one, name))
    if (!kind) throw new Error('no control group for memory can be made')
    const group = new MemoryGroup(join(kind.root, name), kind)
    ground.onEnd(() => removeGroup(group.#folder))
    return group
  }

  /** In front of a command: its process enters the group before it begins. */
  get prefix(): readonly string[] {
    return this.#enter('')
  }

  /** The same for the one that the kernel is to choose, however little it takes. */
  get victimPrefix(): readonly string[] {
    return this.#enter('echo 1000 > /proc/self/oom_score_adj &&')
  }

  async bound(bytes: number): Promise<void> {
    await writeFile(this.#path(this.#kind.limit), String(bytes))
  }

  /** How many processes of the group the kernel has killed. */
  async kills(): Promise<number> {
    const text = await readFile(this.#path(this.#kind.kills), 'utf8')
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1])
  }

  #enter(first: string): readonly string[] {
    return ['sh', '-c', `${first} echo $$ > ${this.#path('cgroup.procs')} && exec "$@"`, 'sh']
  }

  #path(file: string): string {
    return join(this.#folder, file)
  }
}
