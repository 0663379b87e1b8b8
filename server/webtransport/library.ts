// The native library that speaks QUIC (@moq/web-transport). Loaded only when WebTransport is switched on; where it does
// not load the start is refused with the reason. The only file that knows its name.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'

/** What we use of it. Its own types describe a polyfill in TypeScript source, which Node cannot load from a package. */
export interface Library {
  readonly NapiServer: {
    /** @throws when the address is taken, or the key does not fit the certificate */
    bind(address: string, certPem: Buffer, keyPem: Buffer): NativeServer
  }
  readonly NapiClient: {
    withCertificateHashes(hashes: Buffer[]): NativeClient
    withSystemRoots(): NativeClient
  }
}

export interface NativeServer {
  /** null = closed. */
  accept(): Promise<NativeRequest | null>
  /** Waits, with the whole thread, for a running `accept`: call it only when there is none. */
  close(): void
}

export interface NativeClient {
  connect(url: string): Promise<NativeSession>
}

export interface NativeRequest {
  readonly url: Promise<string>
  ok(): Promise<NativeSession>
  reject(status: number): Promise<void>
}

export interface NativeSession {
  acceptBi(): Promise<NativeStream>
  acceptUni(): Promise<unknown>
  openBi(): Promise<NativeStream>
  /** Ends every stream of the session at once; what was not delivered is lost. */
  close(code: number, reason: string): void
  closed(): Promise<{ closeCode: number; reason: string }>
}

export interface NativeStream {
  takeSend(): NativeSender
  takeRecv(): NativeReceiver
}

export interface NativeReceiver {
  /** null = the peer has finished. Rejects when the stream was reset or the session is gone. */
  read(maxBytes: number): Promise<Buffer | null>
  /** Waits for a running `read`. */
  stop(code: number): Promise<void>
}

export interface NativeSender {
  /** Resolves when QUIC has taken it into its own buffer, which has a bound. */
  write(bytes: Buffer): Promise<void>
  finish(): Promise<void>
  reset(code: number): Promise<void>
}

const PACKAGE = '@moq/web-transport'

/** @throws HoldfastError `not_available`, with the reason and what to do */
export function loadLibrary(): Library {
  const require = createRequire(import.meta.url)
  try {
    // Its entry is TypeScript source: what Node and Bun both load lies beside it.
    return require(join(dirname(require.resolve(PACKAGE)), '../napi.cjs')) as Library
  } catch (cause) {
    const message = `HOLDFAST_WEBTRANSPORT cannot be switched on here: ${reasonOf(cause)} Or set it to off.`
    throw new HoldfastError('not_available', { message, cause })
  }
}

/** One sentence on why, one on what to do. */
export function reasonOf(error: unknown): string {
  const all = chainOf(error)
  const [, glibc] = /version `GLIBC_([\d.]+)' not found/.exec(all) ?? []
  if (glibc) {
    return `the C library of this system is too old for ${PACKAGE}, which needs glibc ${glibc}. Use a newer system (Debian 13, Ubuntu 24.04, the image of this repository).`
  }
  if (all.includes(`'${PACKAGE}'`)) {
    return `the optional package ${PACKAGE} is not installed. Install again with optional dependencies.`
  }
  return `${PACKAGE} does not load on ${process.platform}-${process.arch}; it has builds for glibc Linux, macOS and Windows. LOG_LEVEL=debug says more.`
}

/** The loader of the library tries several files; each failure is the cause of the next. */
function chainOf(error: unknown): string {
  const messages: string[] = []
  for (let one = error; one instanceof Error && messages.length < 10; one = one.cause) {
    messages.push(one.message)
  }
  return messages.join('\n')
}
