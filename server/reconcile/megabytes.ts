// Sizes as a person reads them.
export function megabytes(bytes: number): string {
  const mb = bytes / 1e6
  return `${mb >= 100 ? mb.toFixed(0) : mb.toFixed(1)} MB`
}
