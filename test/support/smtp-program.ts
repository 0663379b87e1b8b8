// A mail server as a process of its own: takes every message, parses it, and prints it as a line of JSON. An address that
// begins with `nobody` is refused for good, one that begins with `later` for now.
import type { Readable } from 'node:stream'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

const refusal = (text: string, responseCode: number) =>
  Object.assign(new Error(text), { responseCode })

async function print(stream: Readable, recipients: readonly { address: string }[]): Promise<void> {
  const { from, subject, text, html, messageId } = await simpleParser(stream)
  const to = recipients.map(({ address }) => address)
  console.log(JSON.stringify({ to, from: from?.text, subject, text, html, messageId }))
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo({ address }, _session, done) {
    if (address.startsWith('nobody')) done(refusal('no such mailbox', 550))
    else if (address.startsWith('later')) done(refusal('try again later', 451))
    else done()
  },
  onData(stream, session, done) {
    stream.once('end', () => done())
    void print(stream, session.envelope.rcptTo)
  },
})

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.server.address()
  console.log(JSON.stringify({ port: typeof address === 'object' ? address?.port : null }))
})
