import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busContract } from '../../test/contract/bus.ts'
import { hasRedis, RedisServer } from '../../test/support/redis.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { RedisBus } from './redis-bus.ts'

const metrics = createMetrics({ version: '0', runtime: 'test' })
afterAll(() => metrics.close())

/** What the log said, line by line. */
function logged() {
  const lines: { level: string; msg: string }[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, log: createLog({ level: 'info', destination }) }
}

function open(url: string, name = 'a', log = logged().log): RedisBus {
  return new RedisBus({ url, name, log, metrics, checkMs: 200 })
}

describe.skipIf(!hasRedis)('with a Redis that asks for a password', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await RedisServer.start()
  })
  afterAll(() => redis.stop())

  busContract('the bus over Redis', async () => {
    if (!redis.isRunning) await redis.start()
    return {
      names: ['a', 'b', 'c'],
      open: (name) => open(redis.url, name),
      breakDown: () => redis.kill(),
      restore: () => redis.start(),
      dispose: () => Promise.resolve(),
    }
  })

  it('says once that Redis is away, and once that it is back', async () => {
    const { lines, log } = logged()
    const bus = open(redis.url, 'a', log)
    await bus.listen(() => undefined)
    await waitFor('Redis', () => !bus.isAway)
    expect(lines).toEqual([])
    for (const [leave, comeBack] of [
      [() => redis.kill(), () => redis.start()],
      // It holds its connections and answers nothing: nobody is told that it is gone.
      [() => redis.freeze(), () => redis.thaw()],
    ] as const) {
      lines.length = 0
      await leave()
      await waitFor('its absence to be noticed', () => bus.isAway)
      expect((await metrics.busAway.get()).values[0]?.value).toBe(1)
      await comeBack()
      await waitFor('its return', () => !bus.isAway)
      expect(lines.map(({ level }) => level)).toEqual(['warn', 'info'])
      expect((await metrics.busAway.get()).values[0]?.value).toBe(0)
    }
    await bus.close()
  })

  it('lets a server start while Redis is away, and is heard when it comes', async () => {
    await redis.kill()
    const [a, b] = [open(redis.url, 'a'), open(redis.url, 'b')]
    let wakes = 0
    const count = () => {
      wakes += 1
    }
    await Promise.all([a.listen(() => undefined), b.listen(count)])
    expect([a.isAway, b.isAway]).toEqual([true, true])
    await redis.start()
    await waitFor('both', () => !a.isAway && !b.isAway)
    const before = wakes
    a.publish()
    await waitFor('the other', () => wakes > before)
    await Promise.all([a.close(), b.close()])
  })

  it('goes on by itself with a wrong password, and does not write it down', async () => {
    const { lines, log } = logged()
    const bus = open(redis.url.replace(/:[^:@]*@/, ':a-wrong-secret@'), 'a', log)
    await bus.listen(() => undefined)
    await waitFor('the refusal', () => lines.length > 0)
    bus.publish()
    expect(bus.isAway).toBe(true)
    expect(JSON.stringify(lines)).toMatch(/WRONGPASS|NOAUTH/)
    expect(JSON.stringify(lines)).not.toContain('a-wrong-secret')
    await bus.close()
  })
})
