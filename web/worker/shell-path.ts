// Owns which addresses are the app's own: the server answers the others itself, online only.

/** First path segments that belong to the server. */
const SERVER_PATHS = ['api', 'docs', 'metrics', 'healthz', 'readyz', 'openapi.json'] as const

/** Whether the offline shell answers a navigation to `path`. */
export function isShellPath(path: string): boolean {
  const [, first = ''] = path.split('/')
  return !SERVER_PATHS.some((one) => one === first)
}
