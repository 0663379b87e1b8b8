// The key that signs links and permits: the same on all instances, named by its id, so that a signature made
// with another key is known as such.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export class SigningKey {
  readonly keyId: string
  readonly #secret: Uint8Array

  constructor(keyId: string, secret: Uint8Array) {
    this.keyId = keyId
    this.#secret = secret
  }

  /** A configured secret; its id follows from it, so that all instances call it the same. */
  static fromText(text: string): SigningKey {
    const secret = createHash('sha256').update(`holdfast-signing\n${text}`).digest()
    return new SigningKey(createHash('sha256').update(secret).digest('hex').slice(0, 8), secret)
  }

  /** base64url. `purpose` keeps a signature for one thing from being used for another. */
  sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#secret).update(`${purpose}\n${text}`).digest('base64url')
  }

  isSigned(purpose: string, text: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(purpose, text))
    const given = Buffer.from(signature)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
}
