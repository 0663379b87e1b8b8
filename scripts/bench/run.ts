// `bun run bench <what>`: measures on this machine, prints markdown on stdout and progress on stderr.
import { parseArgs } from 'node:util'
import { benchFinalize, FINALIZE_DEFAULTS } from './finalize.ts'
import { benchIngest, INGEST_DEFAULTS } from './ingest.ts'
import { benchList, LIST_DEFAULTS } from './list.ts'
import { benchParse, PARSE_DEFAULTS } from './parse.ts'

const USAGE = `bun run bench ingest   [--rounds 3] [--measure-ms 1500] [--recorders 1,8,32] [--max-seconds 130]
bun run bench finalize [--rounds 3] [--minutes 60]
bun run bench parse    [--rounds 5]
bun run bench list     [--rounds 5] [--recordings 100000]`

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    'measure-ms': { type: 'string' },
    recorders: { type: 'string' },
    minutes: { type: 'string' },
    recordings: { type: 'string' },
    'max-seconds': { type: 'string' },
  },
})

const numberOr = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Number(text)

const [what] = positionals
if (what === 'ingest') {
  await benchIngest({
    ...INGEST_DEFAULTS,
    rounds: numberOr(values.rounds, INGEST_DEFAULTS.rounds),
    measureMs: numberOr(values['measure-ms'], INGEST_DEFAULTS.measureMs),
    maxSeconds: numberOr(values['max-seconds'], INGEST_DEFAULTS.maxSeconds),
    recorders: values.recorders?.split(',').map(Number) ?? INGEST_DEFAULTS.recorders,
  })
} else if (what === 'finalize') {
  await benchFinalize({
    rounds: numberOr(values.rounds, FINALIZE_DEFAULTS.rounds),
    minutes: numberOr(values.minutes, FINALIZE_DEFAULTS.minutes),
  })
} else if (what === 'parse') {
  await benchParse({ rounds: numberOr(values.rounds, PARSE_DEFAULTS.rounds) })
} else if (what === 'list') {
  await benchList({
    rounds: numberOr(values.rounds, LIST_DEFAULTS.rounds),
    recordings: numberOr(values.recordings, LIST_DEFAULTS.recordings),
  })
} else {
  console.error(USAGE)
  process.exitCode = 2
}
