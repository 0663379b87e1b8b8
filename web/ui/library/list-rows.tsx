// The rows, in pieces: those far from what is seen are an empty place of the same height, so that ten thousand
// recordings cost what a few screens of them do.
import { useEffect, useRef, useState } from 'preact/hooks'
import { listed, PAGE_SIZE } from '../store/library.ts'
import { watchNear } from './near-view.ts'
import { RecordingRow } from './recording-row.tsx'
import type { Rows } from './rows.ts'

/** null = near. What has the keyboard's focus stays, wherever it is scrolled to. */
function useFarHeight() {
  const element = useRef<HTMLUListElement>(null)
  const [farPx, setFar] = useState<number | null>(null)
  useEffect(() => {
    const piece = element.current
    if (!piece) return
    const leaving = new AbortController()
    const follow = (isNear: boolean, heightPx: number) => {
      if (isNear) setFar(null)
      // Without any height the whole list is hidden behind another page: it comes back as it was.
      else if (heightPx > 0 && !piece.contains(document.activeElement)) setFar(heightPx)
    }
    watchNear(piece, follow, leaving.signal)
    return () => leaving.abort()
  }, [])
  return { element, farPx }
}

function Piece({ rows }: { rows: Rows }) {
  const { element, farPx } = useFarHeight()
  const style = farPx === null ? {} : { blockSize: `${farPx}px` }
  return (
    <ul ref={element} class="rows" style={style}>
      {farPx === null && rows.map((info) => <RecordingRow key={info.id} info={info} />)}
    </ul>
  )
}

function piecesOf(rows: Rows): Rows[] {
  const count = Math.ceil(rows.length / PAGE_SIZE)
  return Array.from({ length: count }, (_, at) => rows.slice(at * PAGE_SIZE, (at + 1) * PAGE_SIZE))
}

/** Titles stand in one line whether or not there is a picture. */
export function ListRows({ isStale }: { isStale: boolean }) {
  const hasPictures = listed.value.some(({ thumbnailUrl }) => thumbnailUrl)
  return (
    <div class={hasPictures ? 'pieces has-pictures' : 'pieces'} aria-busy={isStale}>
      {piecesOf(listed.value).map((rows, at) => (
        <Piece key={at} rows={rows} />
      ))}
    </div>
  )
}
