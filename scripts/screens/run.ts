// `bun run screens`: makes the pictures of docs/screens from the real thing, and takes anew what differs from test/ui/stills;
// `--stills`: the latter alone; `--check`: says only which differ, and ends with 1 then, as test/ui/stills.test.ts does. Build the
// page first.
import { parseArgs } from 'node:util'
import { checkStills, takeStills } from '../../test/ui/every-still.ts'
import { takeEveryScreen } from './every.ts'
import { takeForReadme } from './readme.ts'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    stills: { type: 'boolean', default: false },
  },
})

async function check(): Promise<void> {
  const { seen, wrong } = await checkStills()
  for (const line of wrong) console.error(line)
  console.info(wrong.length === 0 ? `${seen} are as they were` : `${wrong.length} are not`)
  process.exitCode = wrong.length === 0 ? 0 : 1
}

async function take(): Promise<void> {
  if (!values.stills) {
    await takeForReadme()
    console.info(`${(await takeEveryScreen()).length} pictures in docs/screens/every`)
  }
  const changed = await takeStills()
  for (const name of changed) console.info(`test/ui/stills/${name}`)
  console.info(`${changed.length} stills taken anew`)
}

await (values.check ? check() : take())
