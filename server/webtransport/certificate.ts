// Certificates for WebTransport: ours, as browsers demand it of one that is known by its hash (ECDSA P-256, at most 14
// days), or the operator's. Knows nothing of where they are used.
import { createHash, X509Certificate } from 'node:crypto'

export type Certificate = {
  readonly certPem: string
  readonly keyPem: string
  /** sha256 of the certificate. */
  readonly hash: Buffer
  /** Browsers trust it because they are told its hash, else because of who signed it. */
  readonly isPinned: boolean
  readonly expiresAtMs: number
}

const DAY_MS = 86_400_000
/** Clocks of clients may be wrong by as much. */
const BACKDATED_MS = DAY_MS
const LIFETIME_MS = 12 * DAY_MS
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** PEM of a new certificate and its key, one behind the other. */
export async function makeCertificate(now: number): Promise<string> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Holdfast',
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + LIFETIME_MS),
    signingAlgorithm: KEY,
    keys,
    // Who pins the hash does not compare names; some clients refuse a certificate without any.
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const key = await crypto.subtle.exportKey('pkcs8', keys.privateKey)
  return `${certificate.toString('pem')}\n${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`
}

/** @throws when there is no certificate in the text */
export function readCertificate(certPem: string, keyPem: string, isPinned: boolean): Certificate {
  const { raw, validTo } = new X509Certificate(certPem)
  return {
    ...{ certPem, keyPem },
    hash: createHash('sha256').update(raw).digest(),
    isPinned,
    expiresAtMs: Date.parse(validTo),
  }
}
