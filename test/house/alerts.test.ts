// The alert rules that operators copy: each can fire only if what it names is really on /metrics.
import { expect, onTestFinished, test } from 'vitest'
import { createMetrics } from '../../server/observe/metrics.ts'
import { FINDING_KINDS } from '../../server/reconcile/finding.ts'
import { readText } from './tracked-files.ts'

type Rule = {
  alert: string
  expr: string
  labels: { severity: string }
  annotations: { summary: string; advice: string }
}

const { groups } = Bun.YAML.parse(readText('deploy/alerts.yml')) as { groups: { rules: Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

/** Names that a scrape can have: a histogram has three. */
function scraped(): Map<string, readonly string[]> {
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  onTestFinished(() => metrics.close())
  const known = metrics.registry.getMetricsAsArray()
  return new Map(
    known.flatMap((metric): [string, readonly string[]][] => {
      const { name, labelNames = [] } = metric as { name: string; labelNames?: string[] }
      const isHistogram = String(metric.type) === 'histogram'
      const names = isHistogram ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name]
      return names.map((one) => [one, isHistogram ? [...labelNames, 'le'] : labelNames])
    }),
  )
}

test('every rule says what it means, what to do, and how much it hurries', () => {
  expect(rules.length).toBeGreaterThan(10)
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length)
  for (const { alert, expr, labels, annotations } of rules) {
    expect(alert).toMatch(/^Holdfast[A-Z][A-Za-z]+$/)
    expect(['page', 'ticket'], alert).toContain(labels.severity)
    expect(annotations.summary.length, alert).toBeGreaterThan(10)
    expect(annotations.advice.length, alert).toBeGreaterThan(10)
    const brackets = expr.replaceAll(/[^()[\]{}]/g, '')
    expect(closed(brackets), `${alert}: ${expr}`).toBe('')
  }
})

/** What is left when every pair is taken away. */
function closed(brackets: string): string {
  const next = brackets.replace(/\(\)|\[\]|\{\}/g, '')
  return next === brackets ? next : closed(next)
}

test('every metric that a rule names is on /metrics, with the labels that the rule asks for', () => {
  const known = scraped()
  for (const { alert, expr } of rules) {
    const named = [...expr.matchAll(/\b(holdfast_\w+)(?:\{([^}]*)\})?/g)]
    expect(named.length, alert).toBeGreaterThan(0)
    for (const [, name = '', matchers = ''] of named) {
      expect([...known.keys()], alert).toContain(name)
      const labels = [...matchers.matchAll(/(\w+)\s*(?:=|!=|=~|!~)/g)].map(
        ([, label = '']) => label,
      )
      for (const label of labels) expect(known.get(name), `${alert}: ${name}`).toContain(label)
    }
  }
})

test('every series that a rule names is on /metrics from the start', async () => {
  const metrics = createMetrics({ version: '0', runtime: 'test' })
  onTestFinished(() => metrics.close())
  const lines = (await metrics.registry.metrics()).split('\n')
  for (const { alert, expr } of rules) {
    for (const [selector, name = ''] of expr.matchAll(/\b(holdfast_\w+)(?:\{[^}]*\})?/g)) {
      const wanted = [...selector.matchAll(/(\w+)(?:=|=~)"([^"]+)"/g)]
      const isThere = lines.some((line) => {
        if (!new RegExp(`^${name}[ {]`).test(line)) return false
        return wanted.every(([, label, value]) => new RegExp(`${label}="(${value})"`).test(line))
      })
      // The first increase of a series that begins with it is none.
      expect(isThere, `${alert}: ${selector}`).toBe(true)
    }
  }
})

test('every kind of finding that a rule names is one', () => {
  const named = rules.flatMap(({ expr }) =>
    [...expr.matchAll(/kind=~?"([^"]+)"/g)].flatMap(([, kinds = '']) => kinds.split('|')),
  )
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((kind) => !Object.hasOwn(FINDING_KINDS, kind))).toEqual([])
})

test('every metric that the page says to watch has its rule', () => {
  const watched = readText('docs/operations.md').split('What to watch')[1]?.split('\n## ')[0] ?? ''
  const asked = [...watched.matchAll(/^\| `(holdfast_\w+)/gm)].map(([, name = '']) => name)
  const ruled = rules.map(({ expr }) => expr).join(' ')
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter((name) => !ruled.includes(name))).toEqual([])
})
