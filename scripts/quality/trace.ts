// Records what the browser's threads do, by the DevTools protocol. Knows how a trace is made, not what it means.
import type { ChromiumProcess } from '../../test/support/chromium.ts'

export type Page = Awaited<ReturnType<ChromiumProcess['newPage']>>
type Session = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>

/** One event of a trace; times in microseconds. */
export type TraceEvent = {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly dur?: number
  /** Time on the processor, without what the machine did meanwhile. */
  readonly tdur?: number
  readonly args: {
    readonly name?: string
    readonly data?: {
      readonly functionName?: string
      readonly url?: string
      readonly frames?: readonly { readonly url: string; readonly processId: number }[]
    }
  }
}

const CATEGORIES = [
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'blink.user_timing',
  'v8.execute',
  '__metadata',
]

async function readAll(session: Session, handle: string): Promise<string> {
  const parts: string[] = []
  for (let isDone = false; !isDone; ) {
    const { data, eof, base64Encoded } = await session.send('IO.read', { handle, size: 1 << 20 })
    parts.push(base64Encoded ? Buffer.from(data, 'base64').toString('utf8') : data)
    isDone = eof
  }
  await session.send('IO.close', { handle })
  return parts.join('')
}

/** Everything that happened in the page's process for so long. */
export async function recordTrace(page: Page, ms: number): Promise<readonly TraceEvent[]> {
  const session = await page.context().newCDPSession(page)
  const complete = new Promise<string>((resolve) => {
    session.once('Tracing.tracingComplete', ({ stream }) => resolve(stream ?? ''))
  })
  const traceConfig = { includedCategories: CATEGORIES, excludedCategories: ['*'] }
  await session.send('Tracing.start', { transferMode: 'ReturnAsStream', traceConfig })
  await new Promise((resolve) => setTimeout(resolve, ms))
  await session.send('Tracing.end')
  const { traceEvents } = JSON.parse(await readAll(session, await complete)) as {
    traceEvents: TraceEvent[]
  }
  await session.detach()
  return traceEvents
}
