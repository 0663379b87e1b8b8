// Turns what getUserMedia and getDisplayMedia throw into a problem with a next step.
// Decides by the error's name; messages differ between browsers and are never shown.

/** `both`: camera and screen, each a recording of its own. */
export const SOURCE_KINDS = ['camera', 'microphone', 'screen', 'both'] as const
export type SourceKind = (typeof SOURCE_KINDS)[number]
export type DeviceKind = Exclude<SourceKind, 'both'>

/** Which of several devices was refused. */
export class DeviceRefusal extends Error {
  readonly device: DeviceKind

  constructor(device: DeviceKind, cause: unknown) {
    super(`${device} was refused`, { cause })
    this.name = 'DeviceRefusal'
    this.device = device
  }
}

export type MediaProblem = {
  kind:
    | 'blocked'
    | 'blockedBySystem'
    | 'missing'
    | 'busy'
    | 'unsupported'
    | 'insecure'
    | 'failed'
    /** The person closed the browser's own question: nothing is wrong. */
    | 'dismissed'
  device: DeviceKind
}

const KIND_BY_NAME: Record<string, MediaProblem['kind']> = {
  NotFoundError: 'missing',
  DevicesNotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
  SecurityError: 'blocked',
  TypeError: 'insecure',
}

function kindOfRefusal(message: string, device: DeviceKind): MediaProblem['kind'] {
  if (/system|operating/i.test(message)) return 'blockedBySystem'
  if (/dismissed/i.test(message)) return 'dismissed'
  // Closing the picker and refusing it look the same; only a policy says more.
  if (device === 'screen') return /policy/i.test(message) ? 'blocked' : 'dismissed'
  return 'blocked'
}

export function describeMediaError(error: unknown, device: DeviceKind): MediaProblem {
  if (error instanceof DeviceRefusal) return describeMediaError(error.cause, error.device)
  if (!(error instanceof Error)) return { kind: 'failed', device }
  if (error.name === 'NotAllowedError' || error.name === 'PermissionDeniedError') {
    return { kind: kindOfRefusal(error.message, device), device }
  }
  return { kind: KIND_BY_NAME[error.name] ?? 'failed', device }
}

/** What this page cannot do at all, before anything is asked; null when it can. */
export function missingAbility(
  device: DeviceKind,
  page: { isSecure: boolean; devices: Partial<MediaDevices> | undefined; hasRecorder: boolean },
): MediaProblem | null {
  if (!page.isSecure) return { kind: 'insecure', device }
  const call = device === 'screen' ? page.devices?.getDisplayMedia : page.devices?.getUserMedia
  if (!call || !page.hasRecorder) return { kind: 'unsupported', device }
  return null
}

export type BrowserFamily = 'chromium' | 'firefox' | 'safari' | 'other'

/** Only for the wording of where the permission can be changed. */
export function browserFamily(userAgent: string): BrowserFamily {
  if (/firefox|fxios/i.test(userAgent)) return 'firefox'
  if (/chrome|chromium|crios|edg/i.test(userAgent)) return 'chromium'
  if (/safari/i.test(userAgent)) return 'safari'
  return 'other'
}
