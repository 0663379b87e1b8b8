// /docs: the API's description as one page, made on the server. No script, nothing from anywhere else.
import type { OpenApi } from './openapi.ts'

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** `code` between backticks. */
const prose = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

export function docsPage({ info, paths, components }: OpenApi): string {
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, it]) => call(method, path, it)),
  )
  const shapes = Object.entries(components.schemas).map(([name, schema]) => shape(name, schema))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(info.title)} API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs.css">
</head>
<body>
<main>
<h1>${escapeHtml(info.title)} API <small>${escapeHtml(info.version)}</small></h1>
<p>Every call of this server. The same as <a href="/openapi.json">OpenAPI 3.1</a>. Errors are
<code>{"error":{"code","message","retry"}}</code>; go by <code>retry</code>, never by the text.</p>
${calls.join('\n')}
<h2>Shapes</h2>
${shapes.join('\n')}
</main>
</body>
</html>
`
}

type Call = OpenApi['paths'][string][string]

function call(method: string, path: string, it: Call): string {
  const query = it.parameters.filter((parameter) => parameter.in === 'query')
  const rows = query.map(({ name, description = '' }) => row(`?${name}`, description))
  const answers = Object.entries(it.responses)
    .filter(([status]) => status !== 'default')
    .map(([status, { description }]) => row(status, description))
  return `<section>
<h2><code class="method">${method.toUpperCase()}</code> <code>${escapeHtml(path)}</code></h2>
<p>${prose(it.summary)} <span class="who">${prose(it.description)}</span></p>
<table>${[...rows, ...answers].join('')}</table>
</section>`
}

const row = (name: string, text: string): string =>
  `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${prose(text)}</td></tr>`

function shape(name: string, schema: unknown): string {
  const properties = (schema as { properties?: Record<string, unknown> }).properties ?? {}
  const rows = Object.entries(properties).map(([field, of]) => row(field, describe(of)))
  return `<section><h3><code>${escapeHtml(name)}</code></h3><table>${rows.join('')}</table></section>`
}

function describe(schema: unknown): string {
  const { description, type, anyOf, enum: values } = schema as Record<string, unknown>
  const [first] = (anyOf as unknown[] | undefined) ?? []
  if (first) return `${describe(first)} May be null.`
  const text = typeof description === 'string' ? description : typeof type === 'string' ? type : ''
  return Array.isArray(values) && values.length < 10 ? `${text} \`${values.join('` `')}\`` : text
}

export const docsStyle = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1rem }
section { border-block-start: 1px solid color-mix(in srgb, currentColor 20%, transparent) }
h2 { font-size: 1.1rem; overflow-wrap: anywhere }
.method { font-weight: 700 }
.who, small { opacity: .75 }
table { border-collapse: collapse }
th, td { text-align: start; vertical-align: top; padding: .15rem .75rem .15rem 0; font-weight: 400 }
`
