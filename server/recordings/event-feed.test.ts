import {
  connectDatabase,
  type DatabaseClient,
  type EventCursor,
  publishEvents,
  schema,
  tellOfEvents,
} from '@holdfast/db'
import type { HoldfastEvent } from '@holdfast/protocol'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { waitFor } from '../../test/support/wait-for.ts'
import { PostgresBus } from '../bus/postgres-bus.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import { createLog } from '../observe/log.ts'
import { createMetrics } from '../observe/metrics.ts'
import { EventFeed } from './event-feed.ts'
import { eventStream } from './event-stream.ts'

const log = createLog({ level: 'silent' })
const metrics = createMetrics({ version: '0', runtime: 'test' })
let database: TestDatabase
let client: DatabaseClient

beforeAll(async () => {
  database = await createTestDatabase()
  client = connectDatabase(database.connection)
  const bus = busOf(newId())
  tellOfEvents(client.db, () => bus.publish())
})
afterAll(async () => {
  metrics.close()
  await client.close()
  await database.drop()
})

const deleted = (id: string): HoldfastEvent => ({ type: 'deleted', id })
const newId = () => crypto.randomUUID()
const busOf = (name: string) => new PostgresBus({ client, name, log, metrics })
const publish = (event: HoldfastEvent) => client.db.transaction((tx) => publishEvents(tx, [event]))

/** Of another instance than the one that publishes. */
async function startFeed(pollMs = 60_000): Promise<{ feed: EventFeed; seen: string[] }> {
  const { db } = client
  const bus = busOf(newId())
  onTestFinished(() => bus.close())
  const feed = new EventFeed({ db, bus, mediaUrl: (id) => `/signed/${id}`, log, pollMs })
  await feed.start()
  const seen: string[] = []
  feed.subscribe('*', (event) => seen.push(event.id))
  return { feed, seen }
}

type OpenTransaction = { write: () => void; written: Promise<void>; commit: () => Promise<void> }

/** A transaction that has changed a row, as every writer has; it writes its event and commits when told. */
async function openTransaction(id: string): Promise<OpenTransaction> {
  const [begun, writing, written, committing] = [0, 1, 2, 3].map(() =>
    Promise.withResolvers<void>(),
  )
  if (!begun || !writing || !written || !committing) throw new Error('no gates')
  const done = client.db.transaction(async (tx) => {
    await tx.insert(schema.instances).values({ incarnation: id })
    begun.resolve()
    await writing.promise
    await publishEvents(tx, [deleted(id)])
    written.resolve()
    await committing.promise
  })
  await begun.promise
  const commit = async () => {
    committing.resolve()
    await done
  }
  return { write: () => writing.resolve(), written: written.promise, commit }
}

it('gives out events as they are committed, woken by the bus and not by the poll', async () => {
  const { feed, seen } = await startFeed()
  const id = newId()
  await publish(deleted(id))
  await waitFor('the event', () => seen.includes(id))
  await feed.stop()
})

it('looks more often by itself while the others cannot be heard', async () => {
  // Nobody ever listens there.
  const bus = new RedisBus({ url: 'redis://127.0.0.1:1', name: newId(), log, metrics })
  onTestFinished(() => bus.close())
  const feed = new EventFeed({ db: client.db, bus, mediaUrl: () => '', log, pollMs: 600_000 })
  await feed.start()
  const seen: string[] = []
  feed.subscribe('*', ({ id }) => seen.push(id))
  const id = newId()
  await publish(deleted(id))
  await waitFor('the event', () => seen.includes(id))
  await feed.stop()
})

it('gives out every event once, also when transactions overlap and ids run against them', async () => {
  const { feed, seen } = await startFeed()
  const [early, late, between] = [newId(), newId(), newId()]
  const first = await openTransaction(early)
  const second = await openTransaction(late)
  // The later transaction takes the lower event id and commits last.
  second.write()
  await second.written
  first.write()
  await first.written
  await first.commit()
  await publish(deleted(between))
  await waitFor('what is settled', () => seen.includes(early))
  await second.commit()
  await waitFor('all events', () => seen.length >= 3)
  await feed.stop()
  expect(seen).toEqual([early, late, between])
})

it('tells nothing twice to one who comes from an instance that was ahead', async () => {
  const { feed: ahead } = await startFeed()
  const bus = new RedisBus({ url: 'redis://127.0.0.1:1', name: newId(), log, metrics })
  onTestFinished(() => bus.close())
  const behind = new EventFeed({ db: client.db, bus, mediaUrl: () => '', log })
  await behind.start()
  const after = await waitFor('an instance that is behind', async () => {
    const id = newId()
    const heard = new Promise<EventCursor>((resolve) => ahead.subscribe(id, (_, at) => resolve(at)))
    await publish(deleted(id))
    const at = await heard
    return behind.last.id < at.id && at
  })
  const stopping = new AbortController()
  const all = { recordingId: null, first: null, onEnd: () => undefined }
  const body = eventStream({ ...all, feed: behind, after, stopping: stopping.signal })
  const text = new Response(body).text()
  const next = newId()
  const told = new Promise((resolve) => behind.subscribe(next, resolve))
  await publish(deleted(next))
  await told
  stopping.abort()
  const ids = [...(await text).matchAll(/^data: .*"id":"([^"]+)"/gm)].map(([, id]) => id)
  expect(ids).toEqual([next])
  await Promise.all([ahead.stop(), behind.stop()])
})

it('reads the past again in the same order, from any place', async () => {
  const { feed } = await startFeed()
  const whole = await feed.readPast({ xid: '0', id: 0 }, { until: feed.last, recordingId: null })
  expect(whole.length).toBeGreaterThan(3)
  const [, second] = whole
  if (!second) throw new Error('too few events')
  const rest = await feed.readPast(second, { until: feed.last, recordingId: null })
  expect(rest).toEqual(whole.slice(2))
  const only = await feed.readPast(
    { xid: '0', id: 0 },
    { until: feed.last, recordingId: second.event.id },
  )
  expect(only.map(({ event }) => event.id)).toEqual([second.event.id])
  await feed.stop()
})

it('signs the media link when it gives an event out, not when it was written', async () => {
  const { feed } = await startFeed()
  const id = newId()
  const given = Promise.withResolvers<HoldfastEvent>()
  feed.subscribe(id, (event) => given.resolve(event))
  const facts = { version: 1, status: 'ready', durationMs: 1, bytes: 1, gaps: [] } as const
  await publish({ type: 'ready', id, ...facts, mediaUrl: '' })
  expect(await given.promise).toMatchObject({ mediaUrl: `/signed/${id}` })
  await feed.stop()
})

it('goes on when a handler fails', async () => {
  const { feed, seen } = await startFeed()
  const id = newId()
  feed.subscribe(id, () => {
    throw new Error('a broken handler')
  })
  await publish(deleted(id))
  await publish(deleted(newId()))
  await waitFor('both events', () => seen.length >= 2)
  await feed.stop()
})
