// Reads the parts of Markdown that the docs' tests need: links, headings and their anchors, tables.
import { dirname, join } from 'node:path'
import { readText } from './tracked-files.ts'

export type Link = { readonly text: string; readonly target: string }

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '')

/** Links and images, fenced code left out. */
export function linksOf(path: string): Link[] {
  const links = withoutCode(readText(path)).matchAll(/\[([^\]]*)\]\(<?([^)\s>]+)>?[^)]*\)/g)
  return [...links].map(([, text, target]) => ({ text: text ?? '', target: target ?? '' }))
}

/** A relative link as a path from the root and its anchor; null for the web. */
export function resolveLink(path: string, target: string): { file: string; anchor: string } | null {
  if (/^[a-z]+:/.test(target)) return null
  const [file = '', anchor = ''] = target.split('#')
  return { file: file === '' ? path : join(dirname(path), file).replace(/\/$/, ''), anchor }
}

/** The anchors of a page, made of its headings as GitHub makes them. */
export function anchorsOf(path: string): string[] {
  const headings = withoutCode(readText(path)).matchAll(/^#{1,6}\s+(.+)$/gm)
  return [...headings].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/** The cells of the first table under a heading, its head row left out. */
export function tableUnder(path: string, heading: string): string[][] {
  const [, section = ''] = readText(path).split(new RegExp(`^#+ ${heading}$`, 'm'))
  const [table = ''] = section.split(/^#/m)[0]?.match(/(^\|.*\n)+/m) ?? []
  const rows = table.trimEnd().split('\n').slice(2)
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
