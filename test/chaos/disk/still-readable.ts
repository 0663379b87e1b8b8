// I1: what was acked can be read at every moment, also while nothing can be written.
import { WireHttp } from '../../support/wire-client.ts'
import type { Scene } from '../fault.ts'

/** Plays the first recording of the crew as far as it is. */
export async function unreadable({ site, crew }: Scene): Promise<string[]> {
  const [member] = crew.members
  if (!member) return []
  try {
    const media = await new WireHttp(site.url).media(member.recorder.made)
    return media.length > 0 ? [] : ['I1: nothing can be played while the disk fails']
  } catch (error) {
    return [`I1: nothing can be played while the disk fails: ${String(error)}`]
  }
}
