// Paints levels as they come, in a thread of its own: the page draws no frame for them.

export type ToPainter =
  | { readonly levels: MessagePort }
  | { readonly canvas: OffscreenCanvas }
  /** In pixels of the screen. */
  | { readonly width: number; readonly height: number }

const COLOUR = '#6fd6c7'

let canvas: OffscreenCanvas | null = null
/** What nobody sees is not painted. */
let painted = -1

function paint(level: number): void {
  const context = canvas?.getContext('2d')
  if (!canvas || !context) return
  const { width, height } = canvas
  const end = Math.round(level * width)
  if (end === painted) return
  painted = end
  context.clearRect(0, 0, width, height)
  context.fillStyle = COLOUR
  context.beginPath()
  // Its round beginning stays where it is: only as much of the bar is seen as is in the track.
  context.roundRect(end - width, 0, width, height, height / 2)
  context.fill()
}

self.onmessage = ({ data }: MessageEvent<ToPainter>) => {
  if ('levels' in data) data.levels.onmessage = ({ data: level }) => paint(level)
  else if ('canvas' in data) {
    canvas = data.canvas
    painted = -1
  } else if (canvas) {
    canvas.width = data.width
    canvas.height = data.height
    painted = -1
  }
}
