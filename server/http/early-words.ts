// Which words the page will ask for, told to the browser with the page itself: their file is on its way before the page's
// script says that it needs it. A guess from what the browser asks for; a language that was chosen on the page is fetched by it.

/** As the build names them. */
const WORDS = /^\/assets\/words\.([a-z]{2})-[\w-]{8}\.js$/

/** What the page speaks where it knows none of the languages that are asked for. */
const ELSE = 'en'

/** @param paths of all files. @returns the `Link` for an `Accept-Language`, which lists the best first; null without words */
export function earlyWords(paths: Iterable<string>): (asked: string) => string | null {
  const files = new Map<string, string>()
  for (const path of paths) {
    const [, language] = WORDS.exec(path) ?? []
    if (language !== undefined) files.set(language, path)
  }
  return (asked) => {
    const tags = asked
      .toLowerCase()
      .split(',')
      .map((tag) => tag.trim().split(/[-;]/)[0] ?? '')
    const file = files.get(tags.find((tag) => files.has(tag)) ?? ELSE)
    return file ? `<${file}>; rel=modulepreload` : null
  }
}
