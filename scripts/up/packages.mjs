// Dependencies exactly as locked. Skipped when nothing changed since the last install that
// succeeded, so that everything works without a network once it has worked with one.
import { join } from 'node:path'
import { runQuietly } from './child.mjs'
import { digestFiles, isStamped, stamp, unstamp, workspaceFolders } from './inputs.mjs'
import { say, step } from './say.mjs'

export async function installPackages(place) {
  const { root, bun, version } = place
  const folders = ['.', ...(await workspaceFolders(root))]
  const files = ['bun.lock', ...folders.map((folder) => join(folder, 'package.json'))]
  const digest = await digestFiles(root, files, `${version} ${process.platform} ${process.arch}`)
  if (await isStamped(root, 'install', digest)) {
    say('✓ packages as locked (nothing changed)')
    return
  }
  await unstamp(root, 'install')
  await step('packages as locked', () => runQuietly(bun, ['install', '--frozen-lockfile'], place))
  await stamp(root, 'install', digest)
}
