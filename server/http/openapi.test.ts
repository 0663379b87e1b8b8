import { describe, expect, it } from 'vitest'
import { type AppDeps, createApp } from './app.ts'
import { docsPage } from './docs-page.ts'
import { openApi } from './openapi.ts'

const description = openApi('0.0.0')

/** `GET /api/recordings/{id}` for every route of the application, its middleware left out. */
function routes(): string[] {
  const app = createApp(
    { version: '0.0.0', files: new Map() } as unknown as AppDeps,
    () => new Response(),
  )
  const handlers = app.routes.filter(({ method }) => method !== 'ALL')
  const paths = handlers.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  return [...new Set(paths)].filter((path) => path !== 'GET /docs.css').toSorted()
}

describe('the description of the API', () => {
  it('has every route of the application and no other', () => {
    const described = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.toSorted()).toEqual(routes())
  })

  it('refers only to shapes that it has', () => {
    const text = JSON.stringify(description)
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name)
    expect(names.length).toBeGreaterThan(5)
    for (const name of names) expect(description.components.schemas).toHaveProperty(String(name))
  })

  it('names every parameter of a path', () => {
    for (const [path, operations] of Object.entries(description.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const { parameters } of Object.values(operations)) {
        const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
        expect(named).toEqual(inPath)
      }
    }
  })
})

describe('its page', () => {
  const page = docsPage(description)

  it('tells every call, without a script and without anything from elsewhere', () => {
    for (const path of Object.keys(description.paths)) expect(page).toContain(path)
    expect(page).not.toMatch(/<script|https?:\/\/|style=/)
  })

  it('escapes what it shows', () => {
    const paths = { '/<b>': {} }
    const evil = { ...description, info: { ...description.info, title: '<img src=x>' }, paths }
    expect(docsPage(evil)).not.toContain('<img')
  })
})
