// The chunk map: one cell a chunk, with what each colour means, how many there are, and the same in words.
import type { SeqRange } from '@holdfast/protocol'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import type { TakeChunks } from '../../index.ts'
import { pageWords } from '../strings/page-words.ts'
import { t } from '../strings/strings.ts'
import { chunkAt, drawChunks, type Grid, gridFor } from './chunk-canvas.ts'
import { mapChunks, PLACES, type Place, sumPlaces, type TakeMap } from './chunk-places.ts'
import type { Detail } from './detail.ts'
import { useDrawing } from './use-drawing.ts'

const words = pageWords.chunks
const ORDER: readonly Place[] = ['safe', 'flight', 'device', 'missing', 'unknown']
/** More takes than anybody looks at: each is a canvas. */
const MAX_TAKES = 40
const MAX_RANGES = 12

const number = (count: number) => new Intl.NumberFormat(t.locale).format(count)

/** Chunks are counted from 1, as parts are. */
function rangeWords(ranges: readonly SeqRange[]): string {
  const shown = ranges.slice(0, MAX_RANGES).map(([from, to]) => {
    return from === to ? number(from + 1) : `${number(from + 1)}–${number(to + 1)}`
  })
  return `${shown.join(', ')}${ranges.length > MAX_RANGES ? words.andMore : ''}`
}

function mapWords({ counts, missing }: TakeMap): string {
  const said = ORDER.filter((place) => counts[place] > 0)
  const parts = said.map((place) => words.count(number(counts[place]), words.places[place]))
  const holes = missing.length > 0 ? ` ${words.missingAre(rangeWords(missing))}` : ''
  return `${parts.join(', ')}.${holes}`
}

/** Says which chunk is under the pointer, without a change of the page. */
function nameCell(canvas: HTMLCanvasElement, grid: Grid, cells: Uint8Array, event: PointerEvent) {
  const seq = chunkAt(grid, event.offsetX, event.offsetY)
  const place = seq === null ? undefined : PLACES[cells[seq] ?? -1]
  canvas.title = seq !== null && place ? words.cell(number(seq + 1), words.places[place]) : ''
}

function TakeCells({ map }: { map: TakeMap }) {
  const grid = useRef<Grid>({ size: 1, gap: 0, columns: 1 })
  const { cells } = map
  const draw = (element: HTMLCanvasElement) => {
    grid.current = gridFor(cells.length, element.clientWidth)
    drawChunks(element, cells, grid.current)
  }
  const canvas = useDrawing(draw, [map])
  return (
    <canvas
      ref={canvas}
      class="chunk-cells"
      role="img"
      aria-label={mapWords(map)}
      onPointerMove={(event) => nameCell(event.currentTarget, grid.current, cells, event)}
    />
  )
}

function Legend({ maps }: { maps: readonly TakeMap[] }) {
  const counts = sumPlaces(maps)
  const shown = ORDER.filter((place) => place !== 'unknown' || counts.unknown > 0)
  return (
    <ul class="chunk-legend digits">
      {shown.map((place) => (
        <li key={place} class={counts[place] === 0 ? 'soft' : undefined}>
          <span class={`swatch ${place}`} aria-hidden="true" />
          <b>{number(counts[place])}</b> {words.places[place]}
        </li>
      ))}
    </ul>
  )
}

type ChunkMapProps = {
  /** What the server says. */
  takes: Detail['takes']
  own: readonly TakeChunks[]
  /** What can be done with them. */
  children?: ComponentChildren
}

export function ChunkMap({ takes, own, children }: ChunkMapProps) {
  const maps = mapChunks(takes, own)
  const shown = maps.slice(0, MAX_TAKES)
  return (
    <section class="page-part" aria-labelledby="chunks-heading">
      <h2 id="chunks-heading">{words.heading}</h2>
      {maps.length === 0 ? (
        <p class="soft">{words.none}</p>
      ) : (
        <>
          <Legend maps={maps} />
          {shown.map((map, at) => (
            <div class="chunk-take" key={map.take}>
              {maps.length > 1 && <h3>{words.take(at + 1)}</h3>}
              <TakeCells map={map} />
            </div>
          ))}
          {maps.length > MAX_TAKES && (
            <p class="soft">{words.moreTakes(number(maps.length - MAX_TAKES))}</p>
          )}
          <p class="soft">{words.hint}</p>
        </>
      )}
      {children}
    </section>
  )
}
