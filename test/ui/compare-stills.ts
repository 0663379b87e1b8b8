// Whether a screen looks as it did. Surfaces must have the very colour they had, and as much must be drawn in each place; where
// in a pixel's neighbourhood the edge of a letter runs may differ, as it does from one version of a browser to the next.
import type { Picture } from '../support/picture.ts'

/** Of 255. A veil over a colour is rounded by one here and there. */
const SHADE = 2
/** How far beyond the colours around it a pixel's may lie, as a share of what these differ. */
const EDGE_SHARE = 0.5
const BLOCK_PX = 16
/** Of 255, in the mean of a block: letters a twentieth of a pixel heavier make less, those of another grey more. */
const BLOCK_SHADE = 5
/** So many pixels may differ: less than the smallest of our signs has. */
const ALLOWED_PX = 24

export type Difference = {
  readonly says: string
  /** The new one, grey, and in red what differs. */
  readonly picture: Picture
}

/** null: it looks as it did. */
export function compareStills(before: Picture, now: Picture): Difference | null {
  const sizes = [before, now].map(({ width, height }) => `${width} × ${height}`)
  if (sizes[0] !== sizes[1]) return { says: `was ${sizes[0]}, is ${sizes[1]}`, picture: now }
  if (Buffer.compare(before.rgb, now.rgb) === 0) return null
  const marks = new Uint8Array(now.width * now.height)
  markStrange(now, before, marks)
  markStrange(before, now, marks)
  markInk(before, now, marks)
  const count = marks.reduce((sum, mark) => sum + mark, 0)
  if (count <= ALLOWED_PX) return null
  return { says: `${count} pixels differ, ${placeOf(marks, now)}`, picture: paint(now, marks) }
}

/**
 * Marks each pixel of the one whose colour is not near those around it in the other. What is near follows from how much these
 * differ themselves: in a surface nothing, at the edge of a letter much.
 */
function markStrange(one: Picture, other: Picture, marks: Uint8Array): void {
  const least = spread(other, Math.min)
  const most = spread(other, Math.max)
  for (const [at, value] of one.rgb.entries()) {
    const [low = 0, high = 0] = [least[at], most[at]]
    const slack = SHADE + (high - low) * EDGE_SHARE
    if (value < low - slack || value > high + slack) marks[Math.floor(at / 3)] = 1
  }
}

/** Marks each block that is darker, lighter or of another hue as a whole: letters of another colour or weight. */
function markInk(before: Picture, now: Picture, marks: Uint8Array): void {
  const { width, height } = now
  const columns = Math.ceil(width / BLOCK_PX)
  const sums = new Int32Array(columns * Math.ceil(height / BLOCK_PX) * 3)
  const blockOf = (pixel: number) =>
    Math.floor(Math.floor(pixel / width) / BLOCK_PX) * columns +
    Math.floor((pixel % width) / BLOCK_PX)
  for (const [at, value] of now.rgb.entries()) {
    const place = blockOf(Math.floor(at / 3)) * 3 + (at % 3)
    sums[place] = (sums[place] ?? 0) + value - (before.rgb[at] ?? 0)
  }
  const most = BLOCK_SHADE * BLOCK_PX * BLOCK_PX
  for (const pixel of marks.keys()) {
    const place = blockOf(pixel) * 3
    if (sums.subarray(place, place + 3).some((sum) => Math.abs(sum) > most)) marks[pixel] = 1
  }
}

/** Of each channel the least, or the most, among a pixel and its eight neighbours. */
function spread(picture: Picture, pick: (a: number, b: number) => number): Uint8Array {
  const across = spreadAlong(picture.rgb, 3, pick)
  return spreadAlong(across, picture.width * 3, pick)
}

/** At the end of a line it looks into the next one: both are the page's ground. */
function spreadAlong(
  values: Uint8Array,
  step: number,
  pick: (a: number, b: number) => number,
): Uint8Array {
  const spread = new Uint8Array(values.length)
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? 0
    const near = pick(values[at - step] ?? value, values[at + step] ?? value)
    spread[at] = pick(value, near)
  }
  return spread
}

function placeOf(marks: Uint8Array, { width }: Picture): string {
  let [left, right, top, bottom] = [width, 0, Number.POSITIVE_INFINITY, 0]
  for (const [at, mark] of marks.entries()) {
    if (mark === 0) continue
    const [x, y] = [at % width, Math.floor(at / width)]
    ;[left, right] = [Math.min(left, x), Math.max(right, x)]
    ;[top, bottom] = [Math.min(top, y), Math.max(bottom, y)]
  }
  return `between ${left}, ${top} and ${right}, ${bottom}`
}

function paint({ width, height, rgb }: Picture, marks: Uint8Array): Picture {
  const painted = new Uint8Array(rgb.length)
  for (const [at, mark] of marks.entries()) {
    const [red = 0, green = 0, blue = 0] = rgb.subarray(at * 3, at * 3 + 3)
    const grey = 128 + (red + green + blue) / 6
    painted.set(mark === 0 ? [grey, grey, grey] : [255, 0, 0], at * 3)
  }
  return { width, height, rgb: painted }
}
