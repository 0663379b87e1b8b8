// Recorders behind a line that can fail: every byte between them and the server passes through a proxy.
import { TcpProxy } from '../../support/tcp-proxy.ts'
import type { Ground } from '../ground.ts'
import { onlyServer, type Site, sharedSite } from '../site.ts'

export type OnLine = Site & { readonly proxy: TcpProxy }

export async function siteOnLine(
  ground: Ground,
  env: Record<string, string> = {},
): Promise<OnLine> {
  const site = await sharedSite(ground, { env })
  const proxy = await TcpProxy.listen(portOf(site))
  ground.onEnd(() => proxy.close())
  return Object.assign(reachedAt(site, proxy.url), { proxy })
}

export const portOf = (site: Site): number => Number(new URL(onlyServer(site).url).port)

/** The same machines, under the address that the recorders use. */
export function reachedAt(site: Site, url: string): Site {
  return {
    servers: site.servers,
    url,
    storeDir: site.storeDir,
    get rowsBefore() {
      return site.rowsBefore
    },
    withLedger: (work) => site.withLedger(work),
    revive: (server) => site.revive(server),
  }
}
