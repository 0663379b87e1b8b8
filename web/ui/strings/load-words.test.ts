import { beforeEach, expect, it, vi } from 'vitest'
import { loadWords } from './load-words.ts'

beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue()
})

const away = () => Promise.reject(new TypeError('Failed to fetch'))

it('fetches the language that is wanted, and no other', async () => {
  const en = vi.fn(async () => 'said')
  const loaded = await loadWords('de', { en, de: async () => 'gesagt' })
  expect(loaded).toEqual({ language: 'de', said: 'gesagt' })
  expect(en).not.toHaveBeenCalled()
})

it('speaks English where the words of the language cannot be had', async () => {
  const loaded = await loadWords('de', { en: async () => 'said', de: away })
  expect(loaded).toEqual({ language: 'en', said: 'said' })
})

it('speaks another language where the English cannot be had', async () => {
  const loaded = await loadWords('en', { en: away, de: async () => 'gesagt' })
  expect(loaded).toEqual({ language: 'de', said: 'gesagt' })
})

it('fails where no language can be had', async () => {
  await expect(loadWords('en', { en: away, de: away })).rejects.toThrow('Failed to fetch')
})
