// `holdfast repair`: what it is called with, and what it says.
import { defineCommand } from 'citty'
import { repair, type SetReport, type TakeReport } from './repair.ts'

export const repairCommand = defineCommand({
  meta: {
    name: 'repair',
    description: 'Make a file that plays from a folder of chunk files, or from a broken recording.',
  },
  args: {
    path: {
      type: 'positional',
      description: 'A folder of chunk files, or files. They are never changed.',
      required: true,
    },
    json: { type: 'boolean', description: 'Say it as JSON.', default: false },
  },
  async run({ args }) {
    const reports = await repair(args._).catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error))
      process.exit(2)
    })
    console.log(args.json ? JSON.stringify(reports, null, 2) : reports.map(say).join('\n\n'))
    const takes = reports.flatMap((report) => report.takes)
    if (takes.length === 0)
      console.error('There is nothing to repair: no file with anything in it.')
    // 0 = all of it plays now, 1 = not all.
    process.exitCode = takes.length > 0 && takes.every(({ written }) => written !== null) ? 0 : 1
  },
})

function say(report: SetReport): string {
  const { name, files, missing, doubles, isTextOrderWrong, takes } = report
  const lines = [`${name}: ${files} file${files === 1 ? '' : 's'}`]
  if (isTextOrderWrong)
    lines.push('  in order of their numbers; sorted as text they would be out of order')
  for (const [from, to] of missing) {
    lines.push(from === to ? `  missing: ${from}` : `  missing: ${from} to ${to}`)
  }
  for (const path of doubles) lines.push(`  left out: ${path}, a longer file has its number`)
  return [...lines, ...takes.flatMap(sayTake)].join('\n')
}

function sayTake(take: TakeReport): string[] {
  const { container, codecs, durationMs, gaps, hasForeignHeader, written } = take
  if (written === null) return ['  nothing in these bytes can be played']
  const what = [
    container === 'mp4' ? 'MP4' : 'WebM',
    codecs.map(shortName).join(' + '),
    seconds(durationMs ?? 0),
  ]
  return [
    `  ${what.join(', ')}`,
    ...(hasForeignHeader ? ['  its beginning is lost: the header of another take was used'] : []),
    ...gaps.map(({ fromMs, toMs }) => `  nothing from ${seconds(fromMs)} to ${seconds(toMs)}`),
    `  written: ${written}`,
  ]
}

const shortName = (codecId: string) => codecId.replace(/^[AV]_/, '')
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
