// `bun run quality`: the built page on the real server in a real browser, against its budget. Prints markdown; exits with 1
// when something is beyond. Build the page first. `--loads 5` measures the first load more often, `--no-recording` only that,
// `--noise 100` records at a higher rate than the budget is for.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CAMERA_NAME, ChromiumProcess } from '../../test/support/chromium.ts'
import { makeNoisyCamera } from '../../test/support/media-probe.ts'
import { startServer } from '../../test/support/server.ts'
import { LANGUAGES, type Language } from '../../web/ui/store/preferences.ts'
import { fixed, machineLine, markdownTable } from '../bench/markdown.ts'
import { type BudgetLine, firstLoadLines, isKept, recordingLines } from './budget.ts'
import { type FirstLoad, measureFirstLoad } from './first-load.ts'
import { measureRecording, type RecordingCost } from './recording-cost.ts'

const { values } = parseArgs({
  options: {
    loads: { type: 'string', default: '3' },
    'no-recording': { type: 'boolean', default: false },
    noise: { type: 'string', default: '14' },
  },
})

/** A picture that the recorder's own rate control keeps at what it was asked for. `--noise 100` makes it overshoot. */
const CAMERA = { size: '480x270', noise: Number(values.noise) }

const DIGITS: Readonly<Record<string, number>> = { kB: 1, '%': 1, ms: 0, 'Mbit/s': 1, '': 4 }
const figure = (value: number, unit: string) =>
  `${Number(fixed(value, DIGITS[unit] ?? 0))} ${unit}`.trim()

const lineOf = (line: BudgetLine): string[] => [
  line.what,
  figure(line.measured, line.unit),
  (line.atLeast === undefined ? '' : `${figure(line.atLeast, '')} to `) +
    figure(line.limit, line.unit),
  isKept(line) ? 'yes' : 'NO',
]

const percent = (share: number) => `${fixed(share * 100, 2)} %`

function printRecording({ bare, ready, recording }: RecordingCost): void {
  const rows = [
    ['A bare MediaRecorder page', bare.thread, fixed(bare.mbitPerSecond, 1)],
    ['Our page, the camera shown', ready, ''],
    ['Our page, recording: all of it', recording.thread, fixed(recording.mbitPerSecond, 1)],
  ] as const
  const added = recording.thread.share - ready.share
  const cells = rows.map(([what, { share, tasksPerSecond, longestMs }, rate]) => [
    ...[what, rate, percent(share), fixed(share / bare.thread.share, 1)],
    ...[fixed(tasksPerSecond, 0), fixed(longestMs, 1)],
  ])
  const difference = ['What recording adds to our page', '', percent(added), '', '', '']
  const head = ['', 'Mbit/s', 'busy', 'times the bare page', 'tasks a second', 'longest (ms)']
  console.info(`\n${markdownTable(head, [...cells, difference])}`)
  for (const [what, { parts }] of rows) {
    console.info(
      `\n${what}: ${parts.map(([part, share]) => `${part} ${percent(share)}`).join(', ')}`,
    )
  }
}

async function measureAll(browser: ChromiumProcess, url: string): Promise<BudgetLine[]> {
  const loads: Record<Language, FirstLoad[]> = { en: [], de: [] }
  for (let round = 0; round < Number(values.loads); round += 1) {
    for (const language of LANGUAGES) {
      loads[language].push(await measureFirstLoad(browser, { url, language }))
    }
  }
  const lines = firstLoadLines(loads)
  if (values['no-recording']) return lines
  const cost = await measureRecording(browser, url)
  printRecording(cost)
  return [...lines, ...recordingLines(cost)]
}

const folder = await mkdtemp(join(tmpdir(), 'holdfast-quality-'))
const cameraFile = join(folder, CAMERA_NAME)
await makeNoisyCamera(cameraFile, CAMERA)
const server = await startServer()
const browser = await ChromiumProcess.launch({ profileDir: join(folder, 'profile'), cameraFile })
try {
  const lines = await measureAll(browser, server.url)
  console.info(`\n${machineLine()}\n`)
  console.info(markdownTable(['', 'measured', 'at most', 'kept'], lines.map(lineOf)))
  process.exitCode = lines.every(isKept) ? 0 : 1
} finally {
  await browser.kill()
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
