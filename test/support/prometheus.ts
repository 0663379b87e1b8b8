// A real Prometheus that scrapes one server with the rules that operators copy, and ends with its folder.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, Program } from './program.ts'

/** False on machines without it: tests that need it must say that they were skipped. */
export const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0

const RULES = fileURLToPath(new URL('../../deploy/alerts.yml', import.meta.url))

export type RuleState = {
  readonly name: string
  /** `ok` once it was evaluated without an error. */
  readonly health: string
  readonly state: 'inactive' | 'pending' | 'firing'
  readonly lastError?: string
}

/** What `promtool` says of the rules. @throws what it does not like */
export async function checkRules(): Promise<string> {
  const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', RULES])
  return stdout
}

export class Prometheus {
  readonly #program: Program
  readonly #folder: string
  readonly #url: string

  private constructor(program: Program, folder: string, url: string) {
    this.#program = program
    this.#folder = folder
    this.#url = url
  }

  /** @param target address of a Holdfast server */
  static async start(target: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-prometheus-'))
    const settings = {
      global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
      rule_files: [RULES],
      scrape_configs: [
        { job_name: 'holdfast', static_configs: [{ targets: [new URL(target).host] }] },
      ],
    }
    // JSON is YAML.
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(settings))
    const address = `127.0.0.1:${await freePort()}`
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ]
    const isReady = async () => (await fetch(`http://${address}/-/ready`)).ok
    const program = await Program.start({ command: 'prometheus', args, isReady })
    return new Prometheus(program, folder, `http://${address}/api/v1/`)
  }

  /** How many series a selector has found so far: one scrape that took too long hides none of them. */
  async count(selector: string): Promise<number> {
    const query = `last_over_time(${selector}[5m])`
    const { result } = await this.#ask<{ result: unknown[] }>('query', { query })
    return result.length
  }

  async rules(): Promise<RuleState[]> {
    const { groups } = await this.#ask<{ groups: { rules: RuleState[] }[] }>('rules', {})
    return groups.flatMap(({ rules }) => rules)
  }

  async stop(): Promise<void> {
    await this.#program.end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #ask<T>(name: string, query: Record<string, string>): Promise<T> {
    const response = await fetch(`${this.#url}${name}?${new URLSearchParams(query)}`)
    const { data, error } = (await response.json()) as { data: T; error?: string }
    if (!response.ok) throw new Error(`Prometheus: ${error}`)
    return data
  }
}
