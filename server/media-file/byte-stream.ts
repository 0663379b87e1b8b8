// Bytes that are made as they are wanted, as the body of an answer.

type StreamOptions = {
  /** What was pulled already, so that a body that cannot even begin is an error and no answer. */
  first?: Uint8Array | undefined
  /** Told why a body broke off: the client only sees its connection end. */
  onFault: (error: unknown) => void
  /** The client went away. Called before `bytes` is ended, which waits for what it is doing. */
  onGone?: () => void
  /** The last byte was given out, or the client went away. */
  onEnd?: () => void
}

/** Pulls one piece when the client wants one; a client that goes away releases what is open. */
export function byteStream(
  bytes: AsyncGenerator<Uint8Array<ArrayBuffer>>,
  { first, onFault, onGone, onEnd }: StreamOptions,
): ReadableStream<Uint8Array> {
  let isOver = false
  /** A piece may come after the client went away: then there is nobody to give it to. */
  const end = (last: () => void) => {
    if (isOver) return
    isOver = true
    onEnd?.()
    last()
  }
  return new ReadableStream(
    {
      start(controller) {
        if (first) controller.enqueue(first)
      },
      async pull(controller) {
        try {
          const { done, value } = await bytes.next()
          if (done) end(() => controller.close())
          else if (!isOver) controller.enqueue(value)
        } catch (error) {
          end(() => {
            onFault(error)
            controller.error(error)
          })
        }
      },
      async cancel() {
        end(() => onGone?.())
        await bytes.return(undefined)
      },
    },
    { highWaterMark: 1 },
  )
}
