// Where a webhook may go: to public addresses, and to the hosts that the operator named. The name is resolved once, here, and the
// connection goes to the address that was checked: a name that points elsewhere a moment later changes nothing.
import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { HoldfastError } from '@holdfast/protocol'
import ipaddr from 'ipaddr.js'

/** Loopback, private, link-local (cloud metadata lies there), multicast, reserved, and the same inside IPv6: not public. */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'
}

/** `host` or `host:port` as the operator writes it, in lower case. */
export function isAllowedHost(url: URL, allowedHosts: readonly string[]): boolean {
  return allowedHosts.some((host) => host === url.host || host === url.hostname)
}

/**
 * A webhook's address, as far as it can be judged without asking anyone.
 * @throws HoldfastError `webhook_refused`
 */
export function checkWebhookUrl(text: string, allowedHosts: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw refused('It is no http(s) URL.')
  if (url.username !== '' || url.password !== '') throw refused('It must not hold a password.')
  if (isAllowedHost(url, allowedHosts)) return url
  if (url.protocol !== 'https:') throw refused('It must begin with https://.')
  const literal = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (isIP(literal) !== 0 && !isPublicAddress(literal)) throw refused(NOT_PUBLIC)
  return url
}

const NOT_PUBLIC = 'It leads to an address that is not public. HOLDFAST_WEBHOOK_HOSTS allows hosts.'

const refused = (message: string) => new HoldfastError('webhook_refused', { message })

/** Resolves names for one connection, and fails with `webhook_refused` where any of the addresses is not public. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const addresses = (found ?? []) as LookupAddress[]
    const failure = error ?? whyNot(addresses)
    const [first] = addresses
    if (failure || !first) callback(failure ?? new Error('no address'), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

function whyNot(addresses: readonly LookupAddress[]): Error | null {
  return addresses.every(({ address }) => isPublicAddress(address)) ? null : refused(NOT_PUBLIC)
}
