// The name under which a download is saved (RFC 6266): plain for old clients, the real one in UTF-8. Titles
// come from anyone: no path, no control characters, nothing that could end the header.

const MAX_CHARS = 120

export function attachment(title: string, ending: string): string {
  const name = cleaned(title)
  const plain = name.replace(/[^ -~]/g, '_')
  const encoded = encodeURIComponent(`${name}.${ending}`).replace(/['()*]/g, percent)
  return `attachment; filename="${plain}.${ending}"; filename*=UTF-8''${encoded}`
}

function cleaned(title: string): string {
  const safe = title
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}/\\:*?"<>|%;]+/gu, ' ')
    .replace(/\s+/g, ' ')
  // By characters, not by halves of them; a leading dot would hide the file.
  const short = Array.from(safe).slice(0, MAX_CHARS).join('')
  return short.replace(/^[. ]+|[. ]+$/g, '') || 'recording'
}

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
