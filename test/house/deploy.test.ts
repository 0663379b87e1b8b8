// What operators are given to deploy, as far as it can be looked at without deploying it. The proxies' own files are run by
// test/cluster and test/chaos.
import { YAML } from 'bun'
import { expect, test } from 'vitest'
import { SETTINGS } from '../../server/settings.ts'
import { readText } from './tracked-files.ts'

type Service = { environment?: Record<string, string>; volumes?: string[]; depends_on?: unknown }

const compose = YAML.parse(readText('compose.yaml')) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const instances = Object.keys(compose.services).filter((name) => name.startsWith('holdfast-'))

/** The addresses behind which a proxy looks for instances. */
const upstreams = (path: string): string[] =>
  [...readText(path).matchAll(/(\S+):3000/g)].map(([, host = '']) => host)

test('the proxies look for the instances that compose.yaml starts', () => {
  expect(instances).toHaveLength(3)
  expect(upstreams('deploy/nginx.conf')).toEqual(instances)
  expect(upstreams('deploy/haproxy.cfg')).toEqual(instances)
})

test('compose.yaml sets settings that there are, and starts what they name', () => {
  for (const name of instances) {
    const { environment = {} } = compose.services[name] ?? {}
    const wrong = Object.keys(environment).filter((setting) => !Object.hasOwn(SETTINGS, setting))
    expect(wrong).toEqual([])
    for (const url of [environment.DATABASE_URL, environment.REDIS_URL]) {
      const host = /@?(\w+):\d+/.exec(url?.split('//').at(-1)?.split('@').at(-1) ?? '')?.[1]
      expect(Object.keys(compose.services)).toContain(host)
    }
  }
})

test('every volume of compose.yaml is declared, and every file that it mounts is there', () => {
  const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes)
  const sources = mounted.map((volume) => volume.split(':')[0] ?? '')
  for (const source of sources) {
    if (source.startsWith('./')) expect(readText(source)).not.toBe('')
    else expect(Object.keys(compose.volumes)).toContain(source)
  }
})

test('the image sets settings that there are', () => {
  const names = [...readText('Dockerfile').matchAll(/\b(HOLDFAST_\w+|HOST|PORT)=/g)]
  expect(names.length).toBeGreaterThan(1)
  expect(names.filter(([, name = '']) => !Object.hasOwn(SETTINGS, name))).toEqual([])
})
