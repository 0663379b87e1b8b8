import { expect, it } from 'vitest'
import { words as german } from './de.ts'
import { afterWords as germanAfter } from './de-after.ts'
import { groupWords as germanGroup } from './de-group.ts'
import { statusWords as germanStatus } from './de-status.ts'
import { words as english } from './en.ts'
import { afterWords } from './en-after.ts'
import { groupWords } from './en-group.ts'
import { statusWords } from './en-status.ts'
import { chooseLanguage, chooseLocale } from './language.ts'

it('speaks what was chosen, else the first language of the browser that it knows, else English', () => {
  expect(chooseLanguage('en', ['de-DE'])).toBe('en')
  expect(chooseLanguage(null, ['fr-FR', 'DE-AT', 'en'])).toBe('de')
  expect(chooseLanguage(null, ['fr', 'deu-x'])).toBe('en')
  expect(chooseLanguage(null, [])).toBe('en')
})

it('writes dates as they are written where the person lives', () => {
  expect(chooseLocale('de', ['en-GB', 'de-AT', 'de'])).toBe('de-AT')
  expect(chooseLocale('en', ['de-DE'])).toBe('en')
})

type Tree = { readonly [key: string]: string | Tree | ((...about: never[]) => string) }

/** Every sentence by its place; those that are told something with what they ask for. */
function places(tree: Tree, path = ''): string[] {
  return Object.entries(tree).flatMap(([key, said]) => {
    const place = `${path}.${key}`
    if (typeof said === 'object') return places(said, place)
    return typeof said === 'function' ? [`${place}(${said.length})`] : [place]
  })
}

it('has every sentence in German, and none that nobody says', () => {
  expect(places(german)).toEqual(places(english))
  expect(places(germanAfter)).toEqual(places(afterWords))
  expect(places(germanGroup)).toEqual(places(groupWords))
  expect(places(germanStatus)).toEqual(places(statusWords))
})

it('uses the quotation marks and dashes of the language', () => {
  const said = JSON.stringify({ german, germanAfter, germanGroup, germanStatus }, (_, value) =>
    typeof value === 'function' ? String(value) : value,
  )
  expect(said.match(/.{20}[”’].{20}/g) ?? []).toEqual([])
  expect(said).toContain('„sicher“')
})
