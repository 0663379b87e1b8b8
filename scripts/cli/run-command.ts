// How every command ends: what it threw is one line on stderr and exit code 2, and whatever it opened is closed.
import { HoldfastError } from '@holdfast/protocol'
import { openWorkbench, type Workbench } from './workbench.ts'

/** 0 = as it should be, 1 = something is not, 2 = it could not be asked. */
export type ExitCode = 0 | 1 | 2

type RunOptions = { mayBegin?: boolean }

/** Opens the workbench, works, closes it again, and ends with the exit code. */
export async function onWorkbench(
  work: (bench: Workbench) => Promise<ExitCode>,
  options: RunOptions = {},
): Promise<void> {
  process.exitCode = await endWell(async () => {
    const bench = await openWorkbench(options)
    try {
      return await work(bench)
    } finally {
      await bench.close()
    }
  })
}

async function endWell(work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work()
  } catch (error) {
    const isExpected = error instanceof HoldfastError
    process.stderr.write(`holdfast: ${isExpected ? error.message : stackOf(error)}\n`)
    return 2
  }
}

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : String(error))
