// Styles that mirror by themselves: a page that is read from right to left has styles of its
// own only for what is drawn.
import { expect, test } from 'vitest'
import { readText, tracked } from './tracked-files.ts'

const styles = tracked.filter((path) => /^web\/.*(\.css|-style\.ts)$/.test(path))

/** Properties and values that have a logical twin: `margin-left` is `margin-inline-start`, `width` is `inline-size`. */
const PHYSICAL = [
  /^(margin|padding|border|scroll-margin|scroll-padding|inset)-(left|right|top|bottom)(-.*)?:/,
  /^(left|right|top|bottom):/,
  /^(min-|max-)?(width|height):/,
  /^border-(top|bottom)-(left|right)-radius:/,
  /^(text-align|float|clear|caption-side): *(left|right)/,
]

const declarations = (text: string): string[] =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split(/[;{}]/)
    .map((part) => part.trim())

test('styles know no left and right, no width and height', () => {
  const wrong = styles.flatMap((path) =>
    declarations(readText(path))
      .filter((line) => PHYSICAL.some((pattern) => pattern.test(line)))
      .map((line) => `${path}: ${line}`),
  )
  expect(styles.length).toBeGreaterThan(5)
  expect(wrong).toEqual([])
})
