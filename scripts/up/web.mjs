// The web app in web/dist, made again only when a file that goes into it changed.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { runQuietly } from './child.mjs'
import { digestFiles, filesBelow, isStamped, stamp, unstamp } from './inputs.mjs'
import { say, step } from './say.mjs'

// The two packages are compiled into the app; the lock file stands for all others.
const SOURCES = ['web', 'media', 'protocol']

export async function buildWeb(place) {
  const { root, bun, version } = place
  const files = await Promise.all(SOURCES.map((folder) => filesBelow(root, folder)))
  const sources = files.flat().filter((file) => !file.endsWith('.test.ts'))
  const digest = await digestFiles(root, ['bun.lock', 'tsconfig.json', ...sources], version)
  if ((await isStamped(root, 'web', digest)) && (await isBuilt(root))) {
    say('✓ web app (nothing changed)')
    return
  }
  await unstamp(root, 'web')
  // --bun: vite asks for a newer Node than this may run on.
  const build = ['--bun', 'run', '--cwd', 'web', 'build']
  await step('web app built', () => runQuietly(bun, build, place))
  await stamp(root, 'web', digest)
}

const isBuilt = (root) =>
  access(join(root, 'web', 'dist', 'index.html')).then(
    () => true,
    () => false,
  )
