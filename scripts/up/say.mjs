// One line for each step, with the time that it took.

/** Resolves to the work's result; says `what` and how long it took, or that it failed. */
export async function step(what, work) {
  const startedAt = performance.now()
  try {
    const result = await work()
    say(`✓ ${what} (${seconds(startedAt)})`)
    return result
  } catch (error) {
    say(`✗ ${what} (${seconds(startedAt)})`)
    throw error
  }
}

/** For a step that has nothing to do. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

export function complain(line) {
  process.stderr.write(`holdfast: ${line}\n`)
}

const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
