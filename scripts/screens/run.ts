// `bun run screens`: makes the pictures of docs/screens from the real thing. `--check` makes those of every screen anew and
// compares them with the committed ones: a change that nobody meant ends with 1. Build the page first.
import { parseArgs } from 'node:util'
import { checkScreens } from './check.ts'
import { EVERY_SCREEN, takeEveryScreen } from './every.ts'
import { takeForReadme } from './readme.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

if (values.check) {
  const changed = await checkScreens()
  for (const line of changed) console.error(line)
  console.info(changed.length === 0 ? 'every screen is as it was' : `${changed.length} are not`)
  process.exitCode = changed.length === 0 ? 0 : 1
} else {
  await takeForReadme()
  const names = await takeEveryScreen(EVERY_SCREEN)
  console.info(`${names.length} pictures in docs/screens/every`)
}
