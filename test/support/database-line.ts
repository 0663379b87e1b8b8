// A database behind a line that a test can cut or stall.
import type { Connection } from '@holdfast/db'
import { TcpProxy } from './tcp-proxy.ts'

export type DatabaseLine = {
  readonly proxy: TcpProxy
  readonly connection: Connection
  url: string
}

/** Close `proxy` in the end. */
export async function openDatabaseLine(to: Connection): Promise<DatabaseLine> {
  const proxy = await TcpProxy.listen(targetOf(to))
  const url = urlThrough(to, proxy.port)
  return { proxy, connection: { url }, url }
}

function targetOf(to: Connection): string | number {
  if (!('url' in to)) return `${to.host}/.s.PGSQL.${to.port}`
  return Number(new URL(to.url).port || 5432)
}

function urlThrough(to: Connection, port: number): string {
  if (!('url' in to)) return `postgresql://${to.user}@127.0.0.1:${port}/${to.database}`
  const url = new URL(to.url)
  url.host = `127.0.0.1:${port}`
  return url.href
}
