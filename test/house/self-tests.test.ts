// The self-tests of the faults take lines out of the product. Whoever rewords such a line is told here, at once.
import { expect, test } from 'vitest'
import { FAULTS } from '../chaos/faults.ts'
import { readText } from './tracked-files.ts'

const breaks = Object.values(FAULTS)
  .flat()
  .flatMap(({ name, selfTests }) =>
    selfTests.flatMap(({ sabotage }) => (sabotage.breaks ?? []).map((one) => ({ name, ...one }))),
  )

test('every line that a self-test of test/chaos takes out is there, once', () => {
  const wrong = breaks
    .filter(({ file, line }) => readText(file).split(line).length !== 2)
    .map(({ name, file, line }) => `${name}: ${file}: ${line.trim()}`)
  expect(wrong).toEqual([])
})
