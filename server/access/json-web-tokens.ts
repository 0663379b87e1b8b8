// JWTs of the application's own sign-in, checked against its key set. The only file that knows jose.
import { HoldfastError } from '@holdfast/protocol'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

/** Signatures with a public key only: a shared secret would let every reader of it sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA']
const CLOCK_SKEW_S = 30

export type TokenVerifier = (jwt: string) => Promise<{ owner: string }>

/**
 * Checks signature, `exp` and `nbf`; the owner is `sub`. Both `exp` and `sub` must be there.
 * @throws HoldfastError `unauthorized`, or `unavailable` when the key set cannot be read
 */
export function verifierFor(jwksUrl: string): TokenVerifier {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: 5000 })
  return async (jwt) => {
    try {
      const { payload } = await jwtVerify(jwt, keys, {
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_SKEW_S,
        requiredClaims: ['exp', 'sub'],
      })
      return { owner: String(payload.sub) }
    } catch (cause) {
      throw new HoldfastError(isTheirFault(cause) ? 'unauthorized' : 'unavailable', { cause })
    }
  }
}

/** Everything that the token itself can be blamed for; a key set that does not answer is not. */
function isTheirFault(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false
  return !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC'
}
