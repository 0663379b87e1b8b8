// What is said of something that was thrown.
export function describeError(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`
  return JSON.stringify(error) ?? 'nothing'
}
