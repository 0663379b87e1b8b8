// What the browser has to load before it can record, and whether a strict content policy can serve it.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { LANGUAGES } from '../../web/ui/store/preferences.ts'

const DIST = fileURLToPath(new URL('../../web/dist/', import.meta.url))
const html = () => readFile(join(DIST, 'index.html'), 'utf8')

test.each(LANGUAGES)(
  'the first load in %s has less than 60 kB of script, gzipped',
  async (language) => {
    const scripts = [...(await html()).matchAll(/(?:src|href)="\/([^"]+\.js)"/g)]
    const assets = await readdir(join(DIST, 'assets'))
    const words = assets.filter((name) => name.startsWith(`words.${language}-`))
    expect(words).toHaveLength(1)
    const paths = [...scripts.map(([, path = '']) => path), `assets/${words[0]}`]
    const sizes = await Promise.all(
      paths.map(async (path) => gzipSync(await readFile(join(DIST, path))).length),
    )
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
  },
)

test('nothing is inline and nothing comes from elsewhere', async () => {
  const text = await html()
  expect(text).not.toMatch(/<style|style="|<script(?![^>]*src=)|\son\w+="/)
  expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  const styles = (await readdir(join(DIST, 'assets'))).filter((name) => name.endsWith('.css'))
  for (const name of styles) {
    expect(await readFile(join(DIST, 'assets', name), 'utf8')).not.toMatch(/url\(|@import/)
  }
})

test('the manifest makes it an app with icons that exist', async () => {
  const manifest = JSON.parse(await readFile(join(DIST, 'manifest.webmanifest'), 'utf8')) as {
    name: string
    icons: { src: string; sizes: string; purpose?: string }[]
    shortcuts: { url: string; icons: { src: string }[] }[]
    share_target: { action: string; method: string; params: { files: { name: string }[] } }
  }
  expect(manifest.name).toBe('Holdfast')
  for (const { src } of manifest.icons) await readFile(join(DIST, src))
  expect(manifest.icons.some(({ purpose }) => purpose === 'maskable')).toBe(true)
  expect(manifest.icons.map(({ sizes }) => sizes)).toEqual(
    expect.arrayContaining(['192x192', '512x512']),
  )
  for (const { icons } of manifest.shortcuts) {
    for (const { src } of icons) await readFile(join(DIST, src))
  }
  expect(manifest.shortcuts.map(({ url }) => url)).toEqual([
    '/?record=camera',
    '/?record=screen',
    '/#library',
  ])
  expect(manifest.share_target).toMatchObject({ action: '/share', method: 'POST' })
})
