// The program that makes pictures and exports crashes, hangs, and takes more memory than there is, beside recorders that
// must notice nothing: who asks for the export is told what became of it.
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { loadTake } from '../../support/corpus.ts'
import { waitFor } from '../../support/wait-for.ts'
import { bearer, type Made, WireHttp } from '../../support/wire-client.ts'
import { chunk, finish, streamed, take } from '../../support/wire-frames.ts'
import { fault } from '../fault.ts'
import type { Ground } from '../ground.ts'
import { type Site, sharedSite } from '../site.ts'

type Illness = {
  readonly name: string
  readonly script: string
  /** What the person who asked is told. */
  readonly codes: readonly string[]
}

const STALL_MS = 1000
/** No picture comes of memory that it may not have. */
const MEMORY_BYTES = 256 * 1024 * 1024

const ILLNESSES: readonly Illness[] = [
  { name: 'crashes', script: 'kill -SEGV $$', codes: ['job_failed'] },
  { name: 'hangs', script: 'exec sleep 600', codes: ['job_limit'] },
  {
    name: 'takes all memory',
    script: 'exec perl -e \'my @all; push @all, "x" x 8e6 for 1 .. 1000; sleep 600\'',
    // On a busy machine it is stopped for standing still before it has asked for too much.
    codes: ['job_failed', 'job_limit'],
  },
]

type Ill = Site & { program: string; answers: string[] }

/** Answers what it is asked at the start, and is ill from then on. */
async function fall(program: string, { script }: Illness): Promise<void> {
  const text = `#!/bin/sh
case "$*" in *-version*) echo 'ffmpeg version ill'; exit 0;; esac
${script}
`
  await writeFile(program, text)
  await chmod(program, 0o755)
}

async function build(ground: Ground): Promise<Ill> {
  const program = join(ground.folder, 'ffmpeg')
  const [first] = ILLNESSES
  if (first) await fall(program, first)
  const env = {
    HOLDFAST_FFMPEG: program,
    HOLDFAST_JOBS: '1',
    HOLDFAST_JOB_STALL_MS: String(STALL_MS),
    HOLDFAST_JOB_MEMORY_BYTES: String(MEMORY_BYTES),
  }
  return Object.assign(await sharedSite(ground, { env }), { program, answers: [] })
}

/** A short recording that has to be converted to be an MP4. */
async function record(http: WireHttp): Promise<Made> {
  const { slices, mimeType } = loadTake('webm-vp8-opus-ts1000-30s')
  const made = await http.create()
  const chunks = slices.slice(0, 3)
  const frames = [
    take(0, { mimeType }),
    ...chunks.map((bytes, seq) => chunk(seq, bytes)),
    finish([chunks.length]),
  ]
  await http.frames(made, streamed(...frames), { token: made.token })
  await http.untilStatus(made, 'ready', 0, 30_000)
  return made
}

/** The code with which the export ends. */
async function askForExport(url: string, { id, token }: Made): Promise<string> {
  const path = `${url}/api/recordings/${id}/media.mp4`
  return await waitFor(
    'the export to end',
    async () => {
      const answer = await fetch(path, { headers: bearer(token) })
      const body = (await answer.json()) as { error?: { code: string } }
      return answer.status === 202 ? null : (body.error?.code ?? `status ${answer.status}`)
    },
    { timeoutMs: 60_000 },
  )
}

export const ffmpegIll = fault<Ill>({
  name: 'ffmpeg-ill',
  title: 'ffmpeg crashes, hangs, and takes all memory that it can get',
  load: { recorders: 4 },
  build,
  strike: async ({ site }) => {
    const http = new WireHttp(site.url)
    for (const illness of ILLNESSES) {
      await fall(site.program, illness)
      const code = await askForExport(site.url, await record(http))
      if (!illness.codes.includes(code))
        site.answers.push(`an ffmpeg that ${illness.name}: ${code}`)
    }
  },
  also: async ({ site }) => site.answers,
  selfTests: [
    {
      without: 'a code for what went wrong',
      sabotage: {
        breaks: [
          {
            file: 'server/jobs/job-attempt.ts',
            line: "  const code = error instanceof HoldfastError ? error.code : 'internal'",
            instead: "  const code = 'internal'",
          },
          {
            file: 'server/jobs/job-attempt.ts',
            line: '(claim.attempt >= MAX_ATTEMPTS || FINAL.has(code))',
            instead: 'true',
          },
        ],
      },
      finds: /an ffmpeg that hangs: job_failed/,
    },
  ],
})
