// The settings of the WebTransport rung. Off by default: it needs UDP ports, a firewall that lets them through, and a
// native library that is young.
import * as v from 'valibot'
import { setting } from '../setting.ts'

/** The second port, for the next certificate, is the one behind it. */
const MAX_PORT = 65_534

const switchOrPort = v.pipe(
  v.string(),
  v.regex(/^(on|off|\d{1,5})$/, 'must be on, off or a UDP port'),
  v.check(
    (text) => !/^\d/.test(text) || (Number(text) >= 1 && Number(text) <= MAX_PORT),
    `must be on, off or a UDP port from 1 to ${MAX_PORT}`,
  ),
)

export const WEBTRANSPORT_SETTINGS = {
  HOLDFAST_WEBTRANSPORT: setting('off', switchOrPort, {
    description:
      'off; on = UDP at the number of PORT; or a UDP port. The port behind it is used too, in turn, when the certificate changes.',
    byDefault: 'off',
    reason: 'WebSocket and HTTP reach everyone. The library behind it is native and young.',
  }),
  HOLDFAST_WEBTRANSPORT_CERT: setting(null, v.string(), {
    description:
      'PEM file of a certificate that browsers trust, with its chain. Read again when it changes.',
    byDefault: 'one of its own, in the data folder',
    reason: 'Several instances on one address must show the same certificate.',
  }),
  HOLDFAST_WEBTRANSPORT_KEY: setting(null, v.string(), {
    description: 'PEM file of its private key.',
    byDefault: 'one of its own, in the data folder',
    reason: 'Both or none.',
  }),
} as const

export type WebTransportConfig = {
  /** null = the number of the TCP port. */
  readonly port: number | null
  /** null = a certificate of its own. */
  readonly files: { readonly cert: string; readonly key: string } | null
}

type Values = {
  readonly HOLDFAST_WEBTRANSPORT: string
  readonly HOLDFAST_WEBTRANSPORT_CERT: string | null
  readonly HOLDFAST_WEBTRANSPORT_KEY: string | null
}

/** null = off. */
export function webTransportConfig(values: Values): WebTransportConfig | null {
  const { HOLDFAST_WEBTRANSPORT: text } = values
  if (text === 'off') return null
  const { HOLDFAST_WEBTRANSPORT_CERT: cert, HOLDFAST_WEBTRANSPORT_KEY: key } = values
  const files = cert !== null && key !== null ? { cert, key } : null
  return { port: text === 'on' ? null : Number(text), files }
}
