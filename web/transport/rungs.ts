// Owns which rungs there are here, and how each is opened.
import { openHttp } from './http.ts'
import type { OpenTransport, Rung } from './transport.ts'
import { openWebSocket } from './websocket.ts'
import { openWebTransport } from './webtransport-offer.ts'

export const OPENERS: Readonly<Record<Rung, OpenTransport>> = {
  webtransport: openWebTransport,
  websocket: openWebSocket,
  http: openHttp,
}

/** Best first. Whether the server offers WebTransport is asked when it is its turn. */
export function pageRungs(): readonly [Rung, ...Rung[]] {
  return 'WebTransport' in globalThis
    ? ['webtransport', 'websocket', 'http']
    : ['websocket', 'http']
}
