// `bun run screens`: makes the pictures of docs/screens from the real thing, and those of test/ui/stills, in which what moves is
// hidden. `--check` makes the latter anew and compares them: a change that nobody meant ends with 1. Build the page first.
import { parseArgs } from 'node:util'
import { checkScreens } from './check.ts'
import { EVERY_SCREEN, STILLS, takeEveryScreen } from './every.ts'
import { takeForReadme } from './readme.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

if (values.check) {
  const changed = await checkScreens()
  for (const line of changed) console.error(line)
  console.info(changed.length === 0 ? 'every screen is as it was' : `${changed.length} are not`)
  process.exitCode = changed.length === 0 ? 0 : 1
} else {
  await takeForReadme()
  const names = await takeEveryScreen({ stills: STILLS, pictures: EVERY_SCREEN })
  console.info(`${names.length} pictures in docs/screens/every`)
}
