// Draws the bars of a sound on a canvas, in the colours of the page.
import type { Bar } from './peaks.ts'

const STEP = 3
const WIDTH = 2
/** A bar of silence is still a bar. */
const MIN_HEIGHT = 1.5

export function drawWave(canvas: HTMLCanvasElement, bars: readonly Bar[]): void {
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.round(width * devicePixelRatio)
  canvas.height = Math.round(height * devicePixelRatio)
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(devicePixelRatio, devicePixelRatio)
  context.fillStyle = getComputedStyle(canvas).color
  const middle = height / 2
  // Quiet speech is a few percent of what is possible: drawn as it is, it would be a line.
  const loudest = Math.max(0.05, ...bars.map(({ low, high }) => Math.max(high, -low)))
  for (const [at, { low, high }] of bars.entries()) {
    const top = middle - (high / loudest) * middle
    const bottom = middle - (low / loudest) * middle
    const tall = Math.max(MIN_HEIGHT, bottom - top)
    context.fillRect(at * STEP, Math.min(top, middle - MIN_HEIGHT / 2), WIDTH, tall)
  }
}
