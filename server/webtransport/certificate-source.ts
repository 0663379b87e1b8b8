// Where the certificate comes from, and when it is time for the next: our own is kept in the data folder, readable by
// nobody else, and follows at half of its life; the operator's is read again when its files change.
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError } from '@holdfast/protocol'
import { type Certificate, makeCertificate, readCertificate } from './certificate.ts'
import type { WebTransportConfig } from './webtransport-settings.ts'

export interface CertificateSource {
  /**
   * The one to use from now on; the same as before while that will do.
   * @throws HoldfastError `config_invalid` when the operator's files cannot be read
   */
  current(now: number): Promise<Certificate>
}

/** With less than this left the next one follows: as long is the time in which both are valid. */
const RENEW_BEFORE_MS = 6 * 86_400_000
const FILE = 'webtransport.pem'

export function certificateSource(
  dataDir: string,
  files: WebTransportConfig['files'],
): CertificateSource {
  return files ? new OperatorCertificate(files) : new OwnCertificate(dataDir)
}

class OwnCertificate implements CertificateSource {
  readonly #dataDir: string
  #known: Certificate | null = null

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  async current(now: number): Promise<Certificate> {
    this.#known ??= await this.#read()
    if (this.#known && this.#known.expiresAtMs - now >= RENEW_BEFORE_MS) return this.#known
    const pem = await makeCertificate(now)
    await this.#write(pem)
    this.#known = readCertificate(pem, pem, true)
    return this.#known
  }

  /** null = there is none, or it is no certificate: a new one costs nothing. */
  async #read(): Promise<Certificate | null> {
    try {
      const pem = await readFile(join(this.#dataDir, FILE), 'utf8')
      return readCertificate(pem, pem, true)
    } catch {
      return null
    }
  }

  /** Whole or not at all; never readable by others, whatever the umask is. */
  async #write(pem: string): Promise<void> {
    await mkdir(this.#dataDir, { recursive: true })
    const path = join(this.#dataDir, FILE)
    await writeFile(`${path}.new`, pem, { mode: 0o600 })
    await chmod(`${path}.new`, 0o600)
    await rename(`${path}.new`, path)
  }
}

class OperatorCertificate implements CertificateSource {
  readonly #files: NonNullable<WebTransportConfig['files']>
  #known: Certificate | null = null

  constructor(files: NonNullable<WebTransportConfig['files']>) {
    this.#files = files
  }

  async current(): Promise<Certificate> {
    try {
      const [cert, key] = await Promise.all([
        readFile(this.#files.cert, 'utf8'),
        readFile(this.#files.key, 'utf8'),
      ])
      const isSame = this.#known?.certPem === cert && this.#known.keyPem === key
      if (!this.#known || !isSame) this.#known = readCertificate(cert, key, false)
      return this.#known
    } catch (cause) {
      const message =
        'HOLDFAST_WEBTRANSPORT_CERT and HOLDFAST_WEBTRANSPORT_KEY must name readable PEM files.'
      throw new HoldfastError('config_invalid', { message, cause })
    }
  }
}
