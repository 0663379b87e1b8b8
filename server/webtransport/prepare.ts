// WebTransport as the configuration asks for it.
import type { SigningKey } from '../access/signing-key.ts'
import type { Config } from '../config.ts'
import { WebTransport, type WebTransportOptions } from './webtransport.ts'

type Deps = Pick<WebTransportOptions, 'ingest' | 'limits' | 'guard' | 'log' | 'metrics'>

/**
 * null = switched off.
 * @throws HoldfastError as `WebTransport.prepare`
 */
export async function prepareWebTransport(
  { webTransport: config, host, dataDir }: Config,
  key: SigningKey,
  deps: Deps,
): Promise<WebTransport | null> {
  if (!config) return null
  // The same on all instances, since they share the key; nobody can guess it.
  const door = key.sign('webtransport', 'door')
  return await WebTransport.prepare({ ...deps, config, host, dataDir, door })
}
