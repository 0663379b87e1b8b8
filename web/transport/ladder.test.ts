import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Ladder,
  newLadder,
  nextRung,
  probeFailed,
  probeOpened,
  probeSoon,
  rungFailed,
  rungGone,
  rungToProbe,
  rungWorked,
  startOver,
} from './ladder.ts'

const fresh = newLadder(['websocket', 'http'])
const onHttp = rungWorked(rungFailed(fresh, 'websocket'), 'http', 1_000)

describe('ladder', () => {
  it('begins at the best rung', () => {
    expect(nextRung(fresh)).toBe('websocket')
  })

  it('tries the next rung at once when one fails, and pauses only when all did', () => {
    const one = rungFailed(fresh, 'websocket')
    expect(nextRung(one)).toBe('http')
    const both = rungFailed(one, 'http')
    expect(nextRung(both)).toBeNull()
    expect(nextRung(startOver(both))).toBe('websocket')
  })

  it('comes back to the rung that worked, without trying the broken one first', () => {
    expect(nextRung(startOver(onHttp))).toBe('http')
    expect(nextRung(rungFailed(onHttp, 'http'))).toBe('websocket')
  })

  it('probes the best rung with a growing pause while a lower one carries the load', () => {
    let ladder: Ladder = onHttp
    const pauses: number[] = [(ladder.probeAt ?? 0) - 1_000]
    for (let i = 0; i < 8; i += 1) {
      const now = ladder.probeAt ?? 0
      ladder = probeFailed(ladder, now, 1 - 1e-9)
      pauses.push((ladder.probeAt ?? 0) - now)
    }
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
    expect(pauses.at(0)).toBeLessThanOrEqual(2_000)
    expect(pauses.at(-1)).toBeLessThanOrEqual(60_000)
  })

  it('does not probe again while a probe carries the load, and remembers that it did not help', () => {
    const tried = probeOpened(onHttp)
    expect(tried.probeAt).toBeNull()
    const back = rungWorked(rungFailed(tried, 'websocket'), 'http', 5_000)
    expect((back.probeAt ?? 0) - 5_000).toBeGreaterThan((onHttp.probeAt ?? 0) - 1_000)
  })

  it('stops probing when the best rung works again', () => {
    expect(rungWorked(probeOpened(onHttp), 'websocket', 9_000)).toEqual(fresh)
  })

  it('probes at once on a hint, but only from a lower rung', () => {
    expect(probeSoon(onHttp, 1_100).probeAt).toBe(1_100)
    expect(probeSoon(fresh, 1_100)).toEqual(fresh)
  })

  describe('with WebTransport', () => {
    const all = newLadder(['webtransport', 'websocket', 'http'])
    const onSocket = rungWorked(all, 'websocket', 0)

    it('is never waited for: the others are tried first, and again when it is lost', () => {
      expect(nextRung(all)).toBe('websocket')
      expect(nextRung(rungFailed(all, 'websocket'))).toBe('http')
      expect(nextRung(rungFailed(rungFailed(all, 'websocket'), 'http'))).toBeNull()
      const onTop = rungWorked(probeOpened(onSocket), 'webtransport', 9)
      expect(nextRung(startOver(onTop))).toBe('websocket')
    })

    it('is probed from the WebSocket, soon after that works', () => {
      expect(all.probeAt).toBeNull()
      expect(rungToProbe(onSocket)).toBe('webtransport')
      expect(onSocket.probeAt).toBeLessThanOrEqual(2_000)
    })

    it('takes turns with the WebSocket when both are probed from HTTP', () => {
      let ladder = rungWorked(rungFailed(all, 'websocket'), 'http', 0)
      const asked = [0, 1, 2, 3].map(() => {
        const rung = rungToProbe(ladder)
        ladder = probeFailed(ladder, 0, 0.5)
        return rung
      })
      expect(asked).toEqual(['websocket', 'webtransport', 'websocket', 'webtransport'])
    })

    it('is probed less and less when it works for a moment each time', () => {
      let ladder = onSocket
      const pauses = [1, 2, 3, 4].map(() => {
        ladder = rungWorked(probeOpened(ladder), 'webtransport', 0)
        expect(ladder.probeAt).toBeNull()
        ladder = rungWorked(startOver(ladder), 'websocket', 0)
        return ladder.probeAt ?? 0
      })
      expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
      expect(pauses.at(-1)).toBeGreaterThan(4 * (pauses[0] ?? 0))
    })

    it('is probed no more when it is not offered', () => {
      const without = rungGone(probeFailed(onSocket, 0, 0.5), 'webtransport')
      expect(without.probeAt).toBeNull()
      expect(rungToProbe(without)).toBeNull()
      const onHttpThen = rungWorked(rungFailed(without, 'websocket'), 'http', 0)
      expect(rungToProbe(onHttpThen)).toBe('websocket')
    })
  })

  it('always offers a rung after a new start, whatever happened', () => {
    const moves = fc.array(fc.constantFrom('fail', 'work', 'probeFail', 'probeOpen', 'over'))
    fc.assert(
      fc.property(moves, fc.constantFrom('websocket' as const, 'http' as const), (list, rung) => {
        let ladder: Ladder = fresh
        for (const move of list) {
          if (move === 'fail') ladder = rungFailed(ladder, rung)
          else if (move === 'work') ladder = rungWorked(ladder, rung, 0)
          else if (move === 'probeFail') ladder = probeFailed(ladder, 0, 0.5)
          else if (move === 'probeOpen') ladder = probeOpened(ladder)
          else ladder = startOver(ladder)
        }
        expect(nextRung(startOver(ladder))).not.toBeNull()
      }),
    )
  })
})
