import { expect, it } from 'vitest'
import { words as german, errorWords as germanErrors } from './de.ts'
import { afterWords as germanAfter } from './de-after.ts'
import { groupWords as germanGroup } from './de-group.ts'
import { pageWords as germanPage } from './de-page.ts'
import { statusWords as germanStatus } from './de-status.ts'
import { words as english } from './en.ts'
import { afterWords } from './en-after.ts'
import { groupWords } from './en-group.ts'
import { pageWords } from './en-page.ts'
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
  expect(places(germanPage)).toEqual(places(pageWords))
  expect(places(germanStatus)).toEqual(places(statusWords))
})

it('addresses nobody in German: what is to be done stands in the infinitive', () => {
  const all = [german, germanErrors, germanAfter, germanGroup, germanPage, germanStatus]
  const said = JSON.stringify(all, (_, value) =>
    typeof value === 'function' ? String(value) : value,
  )
  expect(said.match(/.{20}\b[Dd](u|ich|ir|ein|eine[mnrs]?)\b.{20}/g) ?? []).toEqual([])
  expect(said).toContain('lassen.')
})

it('uses the quotation marks and dashes of the language', () => {
  const said = JSON.stringify(
    { german, germanAfter, germanGroup, germanPage, germanStatus },
    (_, value) => (typeof value === 'function' ? String(value) : value),
  )
  expect(said.match(/.{20}[”’].{20}/g) ?? []).toEqual([])
  expect(said).toContain('„sicher“')
})
