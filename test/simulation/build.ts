// Puts sources together into a module that can be loaded: with planted bugs, which are changes of the sources on the way and
// of nothing on the disk; and for a simulation with three modules exchanged for simulated ones.
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '../..')
const OURS = /\/(protocol|media|db|server|web|test\/simulation)\/(?!.*node_modules).*\.ts$/

/** In `file`, `find` (there exactly once) is replaced. */
export type Patch = { readonly file: string; readonly find: string; readonly replace: string }

/** What a module imports, from where, and what it is given instead. */
type Exchange = { readonly name: string; readonly from: RegExp; readonly by: string }

type Build = {
  /** From the root of the repository. */
  readonly entry: string
  readonly into: string
  readonly patches?: readonly Patch[]
  readonly exchanged?: readonly Exchange[]
}

/** All that lies between the code under test and the world: the rest are globals. */
const SIMULATED: readonly Exchange[] = [
  { name: '@holdfast/db', from: /^(server|test\/simulation)\//, by: 'ledger/index.ts' },
  { name: 'node:fs/promises', from: /^server\//, by: 'disk/fs-promises.ts' },
  { name: './database.ts', from: /^web\/buffer\//, by: 'browser/database.ts' },
]

export function buildSimulation(into: string, patches: readonly Patch[] = []): Promise<string> {
  const entry = 'test/simulation/program.ts'
  return buildWithPatches({ entry, into, patches, exchanged: SIMULATED })
}

/** @returns the path of a module that can be imported. @throws when a patch does not fit */
export async function buildWithPatches(build: Build): Promise<string> {
  const { entry, into, patches = [], exchanged = [] } = build
  const untouched = new Set(patches.map(({ file }) => file))
  const read = async (path: string): Promise<string> => {
    const file = relative(ROOT, path)
    untouched.delete(file)
    const ofFile = patches.filter((patch) => patch.file === file)
    return exchangeImports(applyPatches(await Bun.file(path).text(), ofFile), file, exchanged)
  }
  const result = await Bun.build({
    ...{ entrypoints: [join(ROOT, entry)], target: 'bun', outdir: into, sourcemap: 'inline' },
    plugins: [
      {
        name: 'holdfast-patches',
        setup(builder) {
          builder.onLoad({ filter: OURS }, async ({ path }) => {
            return { contents: await read(path), loader: 'ts' }
          })
        },
      },
    ],
  })
  if (untouched.size > 0) throw new Error(`Patched and never loaded: ${[...untouched].join(', ')}`)
  const [built] = result.outputs
  if (!built) throw new Error(`${entry} was not built`)
  return built.path
}

function exchangeImports(text: string, file: string, exchanged: readonly Exchange[]): string {
  return exchanged
    .filter(({ from }) => from.test(file))
    .reduce((changed, { name, by }) => {
      return changed.replaceAll(`from '${name}'`, `from '${join(HERE, by)}'`)
    }, text)
}

/** @throws when a place is not there exactly once: the source has changed, and so must the patch */
export function applyPatches(text: string, patches: readonly Patch[]): string {
  return patches.reduce((patched, { file, find, replace }) => {
    const places = patched.split(find).length - 1
    if (places !== 1) throw new Error(`The patch fits ${places} places of ${file}: ${find}`)
    return patched.replace(find, () => replace)
  }, text)
}
