// The settings as text for people: `--help` in a terminal, and the table in docs/operations.md.
import type { SettingAbout } from './setting.ts'
import { SETTINGS } from './settings.ts'

const entries = (): [string, SettingAbout][] =>
  Object.entries(SETTINGS).map(([name, { about }]) => [name, about])

const defaultOf = ({ byDefault, unit }: SettingAbout): string =>
  unit === undefined || unit === 'bytes' ? byDefault : `${byDefault} ${unit}`

export function helpText(): string {
  const lines = entries().flatMap(([name, about]) => [
    `  ${name} [${defaultOf(about)}]`,
    `      ${about.description}`,
  ])
  return [
    'Holdfast records what may not be lost. Settings, as environment variables:',
    '',
    ...lines,
  ]
    .join('\n')
    .concat('\n')
}

/** The docs' table, in Markdown. */
export function settingsTable(): string {
  const rows = entries().map(
    ([name, about]) =>
      `| \`${name}\` | ${defaultOf(about)} | ${about.description} | ${about.reason} |`,
  )
  return ['| setting | default | what | why |', '|---|---|---|---|', ...rows].join('\n')
}
