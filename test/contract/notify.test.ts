// What a server tells to the outside: signed webhooks to a real receiver, e-mails through a real mail server, repeated until they
// are taken, with a log, and never to where nobody allowed.
import type { ListedDelivery } from '@holdfast/db'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { loadTake } from '../support/corpus.ts'
import { HAS_FLEET, startServer } from '../support/server.ts'
import { SmtpServer } from '../support/smtp-server.ts'
import { waitFor } from '../support/wait-for.ts'
import { verifyWebhook, WebhookReceiver } from '../support/webhook-receiver.ts'
import { GRACE_MS, WireBed } from '../support/wire-bed.ts'
import { type Made, WireHttp } from '../support/wire-client.ts'

const slices = loadTake('webm-vp8-opus-ts1000-30s').slices.slice(0, 4)
const PUBLIC_URL = 'https://rec.example.org'
const STOP = { takes: [{ take: 0, chunks: slices.length }] }

let receiver: WebhookReceiver
let smtp: SmtpServer
let bed: WireBed
let secret: string

beforeAll(async () => {
  receiver = await WebhookReceiver.start()
  smtp = await SmtpServer.start()
  bed = await WireBed.start('bun', {
    HOLDFAST_WEBHOOK_HOSTS: receiver.host,
    HOLDFAST_PUBLIC_URL: PUBLIC_URL,
    HOLDFAST_MAIL_FROM: 'Holdfast <rec@example.org>',
    SMTP_URL: smtp.url,
  })
  const told = await bed.http.call<{ secret: string }>('GET', '/api/webhook-secret')
  secret = told.body.secret
})
afterEach(() => {
  receiver.answer = 204
})
afterAll(async () => {
  await bed.stop()
  await smtp.stop()
  await receiver.stop()
})

let count = 0
const newPath = () => `/hooks/${++count}`

type Recorded = { http?: WireHttp; stop?: object | null; skip?: number } & Record<string, unknown>

/** A short recording that names who is told; without a stop it is finalized after the grace time. */
async function record({
  http = bed.http,
  stop = { ...STOP, reason: 'user' },
  skip,
  ...parts
}: Recorded): Promise<Made> {
  const made = await http.create(parts)
  for (const [seq, slice] of slices.entries()) {
    if (seq !== skip) await http.put(made, { take: 0, seq }, slice)
  }
  if (stop) {
    const body = JSON.stringify({ token: made.token, ...stop })
    await http.call('POST', `/api/recordings/${made.id}/stop`, body)
  }
  return made
}

async function deliveriesOf({ id }: Pick<Made, 'id'>): Promise<ListedDelivery[]> {
  const path = `/api/recordings/${id}/deliveries`
  const { body } = await bed.http.call<{ deliveries: ListedDelivery[] }>('GET', path)
  return body.deliveries
}

const settled = (made: Pick<Made, 'id'>, type: string, status: string) =>
  waitFor(`${type} is ${status}`, async () => {
    const found = await deliveriesOf(made)
    return found.find((one) => one.event.type === type && one.status === status)
  })

describe('a webhook', () => {
  test('gets what the protocol says, signed, with links that work from outside', async () => {
    const path = newPath()
    const made = await record({ title: 'x', notify: { webhook: receiver.url(path) } })
    const ready = await receiver.event(path, 'ready')
    expect(verifyWebhook(ready, secret)).toEqual(ready.event)
    expect(ready.event).toMatchObject({ type: 'ready', id: made.id, version: 1, gaps: [] })
    expect(ready.event).toHaveProperty(
      'mediaUrl',
      expect.stringContaining(`${PUBLIC_URL}/api/recordings/${made.id}/media?access=`),
    )
    const status = await receiver.event(path, 'status')
    expect(status.event).toHaveProperty('id', made.id)
    expect(() => verifyWebhook({ ...ready, body: `${ready.body} ` }, secret)).toThrow(/signature/)
  })

  test('is asked again when it fails, under the same id, and the log says how it went', async () => {
    const path = newPath()
    receiver.answer = 500
    const made = await record({ notify: { webhook: receiver.url(path) } })
    const failed = await waitFor('a logged failure', async () => {
      const found = await deliveriesOf(made)
      return found.find(({ event, log }) => event.type === 'ready' && log.length > 0)
    })
    expect(failed).toMatchObject({ status: 'waiting', attempts: 1 })
    expect(failed.log).toMatchObject([{ answer: 500, code: 'webhook_failed' }])
    receiver.answer = 200
    await bed.sql`update deliveries set run_at = now() where id = ${failed.id}`
    const taken = await settled(made, 'ready', 'delivered')
    expect(taken.log.map(({ answer }) => answer)).toEqual([500, 200])
    const ids = receiver.at(path).flatMap(({ event, headers }) => {
      return event.type === 'ready' ? [headers['webhook-id']] : []
    })
    expect(new Set(ids)).toEqual(new Set([taken.messageId]))
  })

  test('that says it is gone is left alone, and can be told again by hand', async () => {
    const path = newPath()
    receiver.answer = 410
    const made = await record({ notify: { webhook: receiver.url(path) } })
    const given = await settled(made, 'ready', 'failed')
    expect(given.log).toMatchObject([{ answer: 410, code: 'webhook_gone' }])
    receiver.answer = 204
    const replay = await bed.http.call('POST', `/api/deliveries/${given.id}/replay`)
    expect(replay.status).toBe(202)
    expect((await settled(made, 'ready', 'delivered')).messageId).toBe(given.messageId)
    expect((await bed.http.call('POST', '/api/deliveries/999999999/replay')).status).toBe(404)
  })

  test('is not followed to another place', async () => {
    const path = newPath()
    receiver.answer = receiver.url('/elsewhere')
    const made = await record({ notify: { webhook: receiver.url(path) } })
    await receiver.event(path, 'ready')
    await waitFor('a log', async () => (await deliveriesOf(made)).some(({ log }) => log.length > 0))
    expect(receiver.at('/elsewhere')).toEqual([])
  })

  test('is told after the server was killed with the message in its hands', async () => {
    const path = newPath()
    receiver.answer = 500
    const made = await record({ notify: { webhook: receiver.url(path) } })
    await receiver.event(path, 'ready')
    await bed.server.kill('SIGKILL')
    receiver.answer = 204
    // As if its lease had run out and its pause were over.
    await bed.sql`update deliveries set run_at = now(), lease_until = null where done_at is null`
    await bed.server.start()
    await settled(made, 'ready', 'delivered')
  })

  test('hears of the deletion, and nothing of it is kept but that', async () => {
    const path = newPath()
    const made = await record({ notify: { webhook: receiver.url(path) } })
    await settled(made, 'ready', 'delivered')
    await bed.http.call('DELETE', `/api/recordings/${made.id}`)
    await receiver.event(path, 'deleted')
    await bed.sql`
      update recordings set deleted_at = now() - interval '1 hour' where id = ${made.id}`
    const kept = () => bed.sql`select event_id from deliveries where recording_id = ${made.id}`
    await waitFor('the purge', async () => (await kept()).length <= 1)
  })
})

describe('a webhook may not reach', () => {
  const refused = async (webhook: string) => {
    const body = JSON.stringify({ notify: { webhook } })
    const answer = await bed.http.call<{ error?: { code: string } }>(
      'POST',
      '/api/recordings',
      body,
    )
    return answer.body.error?.code
  }

  test.each([
    'http://127.0.0.1:9/x',
    'http://example.org/x',
    'https://127.0.0.1/x',
    'https://2130706433/x',
    'https://0x7f.1/x',
    'https://[::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://169.254.169.254/latest/meta-data',
    'https://user:password@example.org/x',
    'ftp://example.org/x',
  ])('%s', async (url) => {
    expect(await refused(url)).toBe('webhook_refused')
  })

  test('a name that leads inside, when it is asked for at last', async () => {
    const webhook = receiver.url('/inside').replace('http://127.0.0.1', 'https://localhost')
    const made = await record({ notify: { webhook } })
    const given = await settled(made, 'ready', 'failed')
    expect(given.log).toMatchObject([{ answer: null, code: 'webhook_refused' }])
  })
})

describe('an e-mail', () => {
  const mail = (address: string) => waitFor(`mail to ${address}`, () => smtp.to(address)[0])

  test('says that a recording nobody stopped was saved', async () => {
    const title = 'Interview <b>& more</b>'
    const made = await record({ stop: null, title, notify: { email: 'ada@example.org' } })
    const got = await mail('ada@example.org')
    expect(got.subject).toBe('“Interview <b>& more</b>” was saved')
    expect(got.from).toContain('rec@example.org')
    expect(got.text).toContain('Nothing of it is missing.')
    expect(got.html).toContain('&lt;b&gt;&amp; more&lt;/b&gt;')
    await settled(made, 'ready', 'delivered')
  })

  test('leads to the page of the recording for a week, and says until when', async () => {
    const made = await record({ stop: null, notify: { email: 'week@example.org' } })
    const { text } = await mail('week@example.org')
    const link = new URL(/Watch it: (\S+)/.exec(text)?.[1] ?? 'about:blank')
    expect(`${link.origin}${link.pathname}`).toBe(`${PUBLIC_URL}/recordings/${made.id}`)
    const seen = await bed.http.call('GET', `/api${link.pathname}${link.search}`)
    const until = String(seen.body.linkExpiresAt)
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(6.9 * 86_400_000)
    expect(text).toContain(`works until ${until.slice(0, 16).replace('T', ', ')} UTC.`)
  })

  test('says what is missing, and what came later', async () => {
    const email = 'grace@example.org'
    const made = await record({ skip: 2, notify: { email }, title: 'Talk' })
    const first = await mail(email)
    expect(first.subject).toBe('“Talk” was saved with a part missing')
    expect(first.text).toMatch(/Missing: 0:0\d to 0:0\d\./)
    const slice = slices[2]
    if (!slice) throw new Error('no slice')
    await bed.http.put(made, { take: 0, seq: 2 }, slice)
    const second = await waitFor('the second mail', () => smtp.to(email)[1])
    expect(second.subject).toBe('More of “Talk” arrived')
    expect(second.text).toContain('Nothing of it is missing.')
    expect(second.messageId).not.toBe(first.messageId)
  })

  test('is not sent for what the person saw: stopped, and whole', async () => {
    const made = await record({ notify: { email: 'stopped@example.org' } })
    await settled(made, 'ready', 'skipped')
    expect(smtp.to('stopped@example.org')).toEqual([])
  })

  test('to an address that is refused is given up, and one that may work later is tried again', async () => {
    const nobody = await record({ stop: null, notify: { email: 'nobody@example.org' } })
    const later = await record({ stop: null, notify: { email: 'later@example.org' } })
    expect((await settled(nobody, 'ready', 'failed')).log).toMatchObject([
      { answer: 550, code: 'mail_refused' },
    ])
    const refused = await waitFor('a refusal for now', async () => {
      return (await deliveriesOf(later)).find(({ log }) => log.length > 0)
    })
    expect(refused).toMatchObject({
      status: 'waiting',
      log: [{ answer: 451, code: 'mail_failed' }],
    })
  })
})

/** In the place of the bed's, on its database. */
async function withServer(
  env: Record<string, string>,
  work: (its: WireHttp) => Promise<void>,
): Promise<void> {
  const settings = { DATABASE_URL: bed.databaseUrl, HOLDFAST_GRACE_MS: String(GRACE_MS), ...env }
  const server = await startServer({ dataDir: bed.server.dataDir, env: settings })
  await bed.server.kill('SIGTERM')
  try {
    await work(new WireHttp(server.url))
  } finally {
    await server.kill('SIGTERM')
    await bed.server.start()
  }
}

describe.skipIf(HAS_FLEET)('with another server', () => {
  test('an e-mail is in German where that is set, as text and as HTML', async () => {
    await withServer({ HOLDFAST_MAIL_LANGUAGE: 'de', SMTP_URL: smtp.url }, async (its) => {
      const email = 'emmy@example.org'
      await record({ http: its, skip: 2, notify: { email }, title: 'Gespräch' })
      const got = await waitFor('mail', () => smtp.to(email)[0])
      expect(got.subject).toBe('Gespeichert, ein Teil fehlt: „Gespräch“')
      expect(got.text).toMatch(/Es fehlt: 0:0\d bis 0:0\d\./)
      expect(got.html).toContain('<html lang="de">')
      expect(got.html).toMatch(/Es fehlt: 0:0\d bis 0:0\d\./)
    })
  })

  test('what it could not send without a mail server is kept, and says what to do', async () => {
    await withServer({ HOLDFAST_NOTIFY_EMAIL: 'op@example.org' }, async (its) => {
      const made = await record({ http: its, stop: null })
      const given = await waitFor('it is given up', async () => {
        const [row] = await bed.sql`
          select status, target, log from deliveries where recording_id = ${made.id} and done_at is not null`
        return row
      })
      expect(given).toMatchObject({ status: 'failed', target: 'op@example.org' })
      expect(given.log).toMatchObject([{ code: 'mail_missing' }])
    })
  })
})
