// The Ed25519 keys behind receipts, and the one signature that they make: a JWS over the exact bytes of a statement, detached
// and not encoded (RFC 7515, 7797), so that the statement stays readable. A private key is never given out.
import {
  addReceiptKey,
  currentReceiptKey,
  type Db,
  listReceiptKeys,
  type NewReceiptKey,
  rotateReceiptKey,
} from '@holdfast/db'
import { base64url, calculateJwkThumbprint, exportJWK, FlattenedSign, generateKeyPair } from 'jose'

const ALGORITHM = 'EdDSA'

const jwkOf = (publicKey: Uint8Array) => ({
  ...{ kty: 'OKP', crv: 'Ed25519' },
  x: base64url.encode(publicKey),
})

export async function makeReceiptKey(): Promise<NewReceiptKey> {
  const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true })
  const { x = '', d = '' } = await exportJWK(pair.privateKey)
  const publicKey = base64url.decode(x)
  const keyId = await calculateJwkThumbprint(jwkOf(publicKey))
  return { keyId, publicKey, privateKey: base64url.decode(d) }
}

export class ReceiptKeys {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** The key that signs; made here when there is none yet, by whichever instance asks first. */
  async current(): Promise<NewReceiptKey> {
    const known = await currentReceiptKey(this.#db)
    if (known) return known
    await addReceiptKey(this.#db, await makeReceiptKey())
    return await this.current()
  }

  /** From the next receipt on, on every instance, a new key signs. Resolves with its id. */
  async rotate(): Promise<string> {
    await rotateReceiptKey(this.#db, await makeReceiptKey())
    return (await this.current()).keyId
  }

  /** The public halves as a JWK Set (RFC 7517), with two members of our own. */
  async published() {
    const keys = await listReceiptKeys(this.#db)
    return {
      keys: keys.map(({ keyId, publicKey, createdAt, retiredAt }) => ({
        ...jwkOf(publicKey),
        ...{ kid: keyId, alg: ALGORITHM, use: 'sig' },
        ...{ createdAt: createdAt.toISOString(), retiredAt: retiredAt?.toISOString() ?? null },
      })),
    }
  }
}

/** Compact and detached: `header..signature`. Names the key, and carries its public half. */
export async function signStatement(key: NewReceiptKey, statement: string): Promise<string> {
  const { keyId, publicKey, privateKey } = key
  const jwk = jwkOf(publicKey)
  const jws = await new FlattenedSign(new TextEncoder().encode(statement))
    .setProtectedHeader({ alg: ALGORITHM, b64: false, crit: ['b64'], jwk, kid: keyId })
    .sign({ ...jwk, d: base64url.encode(privateKey) })
  return `${jws.protected}..${jws.signature}`
}
