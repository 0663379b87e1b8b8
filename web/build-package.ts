// `bun run build:package`: @holdfast/web as others install it, in web/dist-package: ES modules with source maps, bundled types, and
// what each entry weighs.
import { execFileSync } from 'node:child_process'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { build } from 'vite'
import { weighEntry } from './package-weight.ts'

const WEB = import.meta.dirname
const ROOT = join(WEB, '..')
const OUT = join(WEB, 'dist-package')
const TYPES = join(OUT, 'types')
const ENTRIES = {
  index: 'index.ts',
  files: 'files.ts',
  element: 'element/holdfast-recorder.ts',
  react: 'react/use-recorder.ts',
} as const

async function buildModules(): Promise<void> {
  await build({
    ...{ configFile: false, root: WEB, logLevel: 'warn', publicDir: false },
    build: {
      outDir: OUT,
      target: 'es2023',
      sourcemap: true,
      lib: {
        formats: ['es'],
        entry: Object.fromEntries(
          Object.entries(ENTRIES).map(([name, file]) => [name, join(WEB, file)]),
        ),
      },
      rolldownOptions: { external: ['react'] },
    },
  })
}

/** The types of the entries, and of what they need of the other packages, which are not published. */
async function buildTypes(): Promise<void> {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', join(WEB, 'tsconfig.types.json')], {
    stdio: 'inherit',
  })
  for (const file of await readdir(TYPES, { recursive: true })) {
    if (!file.endsWith('.d.ts')) continue
    const text = await readFile(join(TYPES, file), 'utf8')
    await writeFile(join(TYPES, file), withOwnPaths(file, text))
  }
}

/** Other packages by their place in the tree, files by the extension that they are built with. */
function withOwnPaths(file: string, text: string): string {
  const up = relative(dirname(join('/', file)), '/') || '.'
  return text
    .replaceAll(/'@holdfast\/(protocol|media)'/g, `'${up}/$1/index.js'`)
    .replaceAll(/'(\.{1,2}\/[^']+)\.ts'/g, "'$1.js'")
}

async function writeManifest(): Promise<void> {
  const { version, license } = JSON.parse(await readFile(join(WEB, 'package.json'), 'utf8')) as {
    version: string
    license: string
  }
  const entry = (name: keyof typeof ENTRIES) => ({
    types: `./types/web/${ENTRIES[name].replace('.ts', '.d.ts')}`,
    default: `./${name}.js`,
  })
  const manifest = {
    ...{ name: '@holdfast/web', version, license, type: 'module' },
    description: 'Records a MediaStream so that it cannot be lost',
    exports: {
      '.': entry('index'),
      './files': entry('files'),
      './element': entry('element'),
      './react': entry('react'),
    },
    sideEffects: ['./element.js', './assets/*'],
    peerDependencies: { react: '>=18' },
    peerDependenciesMeta: { react: { optional: true } },
  }
  await writeFile(join(OUT, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await cp(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'))
}

await rm(OUT, { recursive: true, force: true })
await buildModules()
await buildTypes()
await writeManifest()
for (const name of Object.keys(ENTRIES)) {
  const { firstBytes, laterBytes } = await weighEntry(join(OUT, `${name}.js`))
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`
  console.info(
    `${name}.js: ${kB(firstBytes)} gzipped at first, ${kB(laterBytes)} behind it or where it is needed`,
  )
}
console.info((await readdir(OUT)).join(' '))
