// `holdfast doctor`: looks at everything that a server of these settings needs, and says what to do about what is not right.
import { defineCommand } from 'citty'
import type { ExitCode } from '../run-command.ts'
import type { Check, Verdict } from './check.ts'
import { checkAll } from './checks.ts'

export const doctorCommand = defineCommand({
  meta: { name: 'doctor', description: 'Check database, disk, clock, programs and ports.' },
  args: { json: { type: 'boolean', description: 'Say it as JSON.', default: false } },
  async run({ args }) {
    const checks = await checkAll(process.env)
    console.log(args.json ? JSON.stringify(checks, null, 2) : checks.map(say).join('\n'))
    process.exitCode = exitCode(checks)
  },
})

/** 0 = well, or only warnings · 1 = something fails. */
const exitCode = (checks: readonly Check[]): ExitCode =>
  checks.some(({ verdict }) => verdict === 'failure') ? 1 : 0

const MARKS: Record<Verdict, string> = { ok: 'ok     ', warning: 'WARNING', failure: 'FAILURE' }

function say({ what, verdict, found, advice }: Check): string {
  const line = `${MARKS[verdict]}  ${what.padEnd(14)}  ${found}`
  return advice === null ? line : `${line}\n         ${' '.repeat(14)}  → ${advice}`
}
