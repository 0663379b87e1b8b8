// Draws the cells of a take: one a chunk, as large as their number allows. Colour never speaks alone: what is not safe is
// hollow, and what is missing is crossed out, as long as a cell has room for it.
import { PLACES, type Place } from './chunk-places.ts'

export type Grid = { readonly size: number; readonly gap: number; readonly columns: number }

const COLOURS: Record<Place, string> = {
  safe: '--bar-safe',
  flight: '--bar-waiting',
  device: '--waiting',
  missing: '--danger',
  unknown: '--bar-newest',
}

/** Smaller cells for more chunks: ten thousand are still a picture and not a page. */
export function gridFor(count: number, width: number): Grid {
  const [size, gap] = count <= 400 ? [14, 3] : count <= 2500 ? [8, 2] : [4, 1]
  return { size, gap, columns: Math.max(1, Math.floor((width + gap) / (size + gap))) }
}

export const heightOf = ({ size, gap, columns }: Grid, count: number): number =>
  Math.ceil(count / columns) * (size + gap) - gap

/** The chunk at a point of the drawing; null beside them. */
export function chunkAt({ size, gap, columns }: Grid, x: number, y: number): number | null {
  const column = Math.floor(x / (size + gap))
  if (column < 0 || column >= columns) return null
  return Math.floor(y / (size + gap)) * columns + column
}

/** A colour of the page as a canvas takes it, in the scheme that is shown. */
function colourOf(canvas: HTMLCanvasElement, name: string): string {
  canvas.style.color = `var(${name})`
  const { color } = getComputedStyle(canvas)
  canvas.style.removeProperty('color')
  return color
}

type Pen = { context: CanvasRenderingContext2D; size: number }

function drawHollow({ context, size }: Pen, x: number, y: number): void {
  context.lineWidth = size > 6 ? 1.5 : 1
  const inset = context.lineWidth / 2
  context.strokeRect(x + inset, y + inset, size - 2 * inset, size - 2 * inset)
}

function drawCrossed(pen: Pen, x: number, y: number): void {
  const { context, size } = pen
  drawHollow(pen, x, y)
  context.beginPath()
  context.moveTo(x + 3, y + 3)
  context.lineTo(x + size - 3, y + size - 3)
  context.moveTo(x + size - 3, y + 3)
  context.lineTo(x + 3, y + size - 3)
  context.stroke()
}

function drawHalf(pen: Pen, x: number, y: number): void {
  drawHollow(pen, x, y)
  pen.context.fillRect(x, y + pen.size / 2, pen.size, pen.size / 2)
}

function drawCell(pen: Pen, place: Place, x: number, y: number): void {
  const { context, size } = pen
  if (place === 'safe' || size < 8) context.fillRect(x, y, size, size)
  else if (place === 'missing') drawCrossed(pen, x, y)
  else if (place === 'flight') drawHalf(pen, x, y)
  else drawHollow(pen, x, y)
}

export function drawChunks(canvas: HTMLCanvasElement, cells: Uint8Array, grid: Grid): void {
  const { clientWidth: width } = canvas
  const height = heightOf(grid, cells.length)
  canvas.width = Math.round(width * devicePixelRatio)
  canvas.height = Math.round(height * devicePixelRatio)
  canvas.style.blockSize = `${height}px`
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(devicePixelRatio, devicePixelRatio)
  const step = grid.size + grid.gap
  for (const [value, place] of PLACES.entries()) {
    if (!cells.includes(value)) continue
    const colour = colourOf(canvas, COLOURS[place])
    context.fillStyle = colour
    context.strokeStyle = colour
    for (let seq = cells.indexOf(value); seq !== -1; seq = cells.indexOf(value, seq + 1)) {
      const [x, y] = [(seq % grid.columns) * step, Math.floor(seq / grid.columns) * step]
      drawCell({ context, size: grid.size }, place, x, y)
    }
  }
}
