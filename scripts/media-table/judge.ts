// What others say of a file: ffprobe counts its packets and compares them with the recorded ones, Chromium plays it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Demuxer, probe, type ShownPacket, shownPackets } from '../../test/support/ffmpeg.ts'
import { Player } from '../../test/support/player.ts'
import type { ServedFile } from '../../test/support/range-server.ts'
import { watch } from '../../test/support/watched.ts'

export type Verdict = {
  /** Of the recorded packets, how many are in the file, 0 to 1. */
  readonly share: number
  /** The packet whose time is furthest from the recorded one, in ms. */
  readonly worstShiftMs: number
  /** Between the file's duration and that of the recorded bytes, in ms. */
  readonly durationErrorMs: number
  readonly hasSamePackets: boolean
  readonly plays: boolean
}

export type Recorded = { readonly packets: ShownPacket[][]; readonly durationMs: number }

type Place = { folder: string; files: Map<string, ServedFile>; player: Player }

export class Judge {
  readonly #place: Place
  #count = 0

  private constructor(place: Place) {
    this.#place = place
  }

  static async open(): Promise<Judge> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-media-table-'))
    const files = new Map<string, ServedFile>()
    return new Judge({ folder, files, player: await Player.open(files) })
  }

  async close(): Promise<void> {
    await this.#place.player.close()
    await rm(this.#place.folder, { recursive: true, force: true })
  }

  /** What the recorder gave out. */
  async read(bytes: Uint8Array, demuxer: Demuxer): Promise<Recorded> {
    const path = await this.#write(bytes)
    const packets = await shownPackets(path, demuxer)
    return { packets, durationMs: endOf(packets) }
  }

  async judge(bytes: Uint8Array, demuxer: Demuxer, recorded: Recorded): Promise<Verdict> {
    const path = await this.#write(bytes)
    const packets = await shownPackets(path, demuxer)
    const { durationMs } = await probe(path, demuxer)
    const compared = recorded.packets.map((all, n) => compare(all, packets[n] ?? []))
    const total = sum(recorded.packets.map((all) => all.length))
    const kept = sum(compared.map((one) => one.kept))
    return {
      share: kept / total,
      worstShiftMs: Math.max(0, ...compared.map((one) => one.worstShiftMs)),
      durationErrorMs: Math.abs(durationMs - recorded.durationMs),
      hasSamePackets: kept === total && sum(packets.map((all) => all.length)) === total,
      plays: await this.#plays(bytes, demuxer),
    }
  }

  async #write(bytes: Uint8Array): Promise<string> {
    this.#count += 1
    const path = join(this.#place.folder, `${this.#count}.bin`)
    await writeFile(path, bytes)
    return path
  }

  async #plays(bytes: Uint8Array, demuxer: Demuxer): Promise<boolean> {
    const address = `/${this.#count}`
    const contentType = demuxer === 'mp4' ? 'video/mp4' : 'video/webm'
    this.#place.files.set(address, { bytes, contentType })
    const { error, seeks } = await watch(this.#place.player.page, address)
    return error === '' && seeks.length === 3
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const endOf = (packets: readonly ShownPacket[][]): number =>
  Math.max(...packets.flat().map(({ ms }) => ms))

/** A packet counts once for each time that its bytes were recorded; of equal ones, such as silence, the nearest. */
function compare(all: readonly ShownPacket[], got: readonly ShownPacket[]) {
  const recorded = new Map<string, number[]>()
  for (const { what, ms } of all) recorded.set(what, [...(recorded.get(what) ?? []), ms])
  let kept = 0
  let worstShiftMs = 0
  for (const { what, ms } of got) {
    const times = recorded.get(what) ?? []
    const shifts = times.map((time) => Math.abs(time - ms))
    const nearest = shifts.indexOf(Math.min(...shifts))
    if (nearest < 0) continue
    kept += 1
    worstShiftMs = Math.max(worstShiftMs, shifts[nearest] ?? 0)
    times.splice(nearest, 1)
  }
  return { kept, worstShiftMs }
}
