import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ID } from './ebml.ts'
import { element, joinBytes, uintElement } from './ebml-writer.ts'
import {
  AUDIO,
  blockGroup,
  cluster,
  ebmlHeader,
  frame,
  header,
  keyframe,
  knownCluster,
  sound,
  unknownSized,
  VIDEO,
  VOID,
} from './fixtures/sample-webm.ts'
import { MAX_HEADER_BYTES } from './webm-header.ts'
import { parseWebm } from './webm-parser.ts'
import { startWebm, type WebmEvent, type WebmState } from './webm-state.ts'

function parseAll(parts: readonly Uint8Array[]): { events: WebmEvent[]; state: WebmState } {
  let state = startWebm()
  const events: WebmEvent[] = []
  for (const part of parts) {
    const parsed = parseWebm(state, part)
    events.push(...parsed.events)
    state = parsed.state
  }
  return { events, state }
}

const blocksOf = (bytes: Uint8Array) =>
  parseAll([bytes]).events.flatMap((event) => (event.type === 'block' ? [event] : []))
const clustersOf = (bytes: Uint8Array) =>
  parseAll([bytes]).events.flatMap((event) => (event.type === 'cluster' ? [event] : []))
const byByte = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte))

/** Everything at once: known and unknown sizes, groups, voids, a Cluster without blocks, an unknown element. */
const MOTLEY = joinBytes([
  header(),
  cluster(0, keyframe(0), sound(3), VOID, frame(50)),
  unknownSized(ID.cluster),
  knownCluster(1000, keyframe(0), blockGroup(40, element(ID.referenceBlock, Uint8Array.of(0)))),
  element(ID.cues, new Uint8Array(9)),
  element(ID.cluster),
  cluster(
    2000,
    element(0x4fff, new Uint8Array(5)),
    blockGroup(0, uintElement(ID.blockDuration, 40)),
  ),
  element(ID.tags, new Uint8Array(4)),
  cluster(3000, sound(0)),
])

test('says the same of a stream, wherever it is cut', () => {
  const whole = parseAll([MOTLEY])
  expect(whole.state.trouble).toBe(null)
  expect(parseAll(byByte(MOTLEY))).toEqual(whole)
  fc.assert(
    fc.property(fc.array(fc.nat(MOTLEY.length), { maxLength: 12 }), (places) => {
      const bounds = [0, ...places.sort((a, b) => a - b), MOTLEY.length]
      const parts = bounds.slice(1).map((to, i) => MOTLEY.subarray(bounds[i], to))
      expect(parseAll(parts)).toEqual(whole)
    }),
    { numRuns: 50 },
  )
})

test('carries less than 26 bytes between chunks once the header is read', () => {
  let state = startWebm()
  for (const byte of byByte(MOTLEY)) {
    state = parseWebm(state, byte).state
    if (state.stage === 'media') expect(state.held.length).toBeLessThan(26)
  }
})

test('keeps none of the bytes it was given alive', () => {
  const bytes = joinBytes([header(), cluster(0, keyframe(0)), Uint8Array.of(0xa3)])
  const { state, events } = parseAll([bytes])
  expect(state.held.buffer).not.toBe(bytes.buffer)
  for (const event of events) {
    if (event.type === 'header') expect(event.bytes.buffer).not.toBe(bytes.buffer)
  }
})

describe('a block', () => {
  test('has the time of its Cluster plus its own, which may be negative', () => {
    const times = blocksOf(joinBytes([header(), cluster(500, keyframe(-20), sound(7))]))
    expect(times.map((block) => [block.lead.track, block.timeTicks])).toEqual([
      [VIDEO, 480],
      [AUDIO, 507],
    ])
  })

  test('in a group is a keyframe when it refers to no other', () => {
    const reference = element(ID.referenceBlock, Uint8Array.of(0))
    const blocks = blocksOf(
      joinBytes([header(), cluster(0, blockGroup(0), blockGroup(9, reference))]),
    )
    expect(blocks.map((block) => block.lead.keyframe)).toEqual([true, false])
  })

  test('in a group has the duration that the group says', () => {
    const group = blockGroup(0, uintElement(ID.blockDuration, 40))
    expect(blocksOf(joinBytes([header(), cluster(0, group)]))[0]?.durationTicks).toBe(40)
  })

  test('counts only when its last byte is here', () => {
    const bytes = joinBytes([header(), cluster(0, keyframe(0), frame(50))])
    expect(blocksOf(bytes.subarray(0, -1))).toHaveLength(1)
    expect(blocksOf(bytes)).toHaveLength(2)
  })
})

describe('a Cluster', () => {
  test('of unknown size ends where the next top-level element begins', () => {
    const bytes = joinBytes([header(), cluster(0, keyframe(0)), cluster(9, keyframe(0))])
    expect(clustersOf(bytes).map((one) => one.timecode)).toEqual([0, 9])
  })

  test('that ends without timecode and blocks is told apart', () => {
    const bytes = joinBytes([header(), element(ID.cluster), cluster(9, keyframe(0))])
    expect(clustersOf(bytes).map((one) => one.timecode)).toEqual([null, 9])
  })

  test('without a timecode counts as 0, as demuxers take it', () => {
    const bytes = joinBytes([header(), unknownSized(ID.cluster), keyframe(8)])
    expect(clustersOf(bytes).map((one) => one.timecode)).toEqual([0])
    expect(blocksOf(bytes).map((one) => one.timeTicks)).toEqual([8])
  })

  test('begins behind its checksum, which would be wrong in another file', () => {
    const sum = element(ID.crc32, new Uint8Array(4))
    const body = [sum, uintElement(ID.timecode, 9), keyframe(0)]
    const bytes = joinBytes([header(), element(ID.cluster, ...body)])
    const { events } = parseAll([bytes])
    const [, opened, block] = events
    const head = opened?.type === 'cluster' ? opened.start + opened.headBytes : 0
    expect(bytes.subarray(head - sum.length, head)).toEqual(sum)
    expect(block).toMatchObject({ type: 'block', relative: 3 })
    expect(parseAll(byByte(bytes)).events).toEqual(events)
  })

  test('may hold what this version does not know', () => {
    const bytes = joinBytes([header(), cluster(0, element(0x4abc, new Uint8Array(9)), keyframe(0))])
    expect(blocksOf(bytes)).toHaveLength(1)
  })
})

describe('what cannot be understood ends the stream, and keeps what came before', () => {
  const start = joinBytes([header(), cluster(0, keyframe(0))])
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['garbage', new Uint8Array(20), 'bad_element'],
    ['a second file', ebmlHeader(), 'segment_ended'],
    ['a block too short for its head', element(ID.simpleBlock, Uint8Array.of(0x81)), 'bad_element'],
    ['a block of unknown size', unknownSized(ID.simpleBlock), 'bad_element'],
    [
      'a size past all reason',
      Uint8Array.of(0xec, 0x01, 0x1f, 255, 255, 255, 255, 255, 0),
      'element_too_large',
    ],
    ['a timecode past all reason', cluster(2 ** 43, keyframe(0)), 'bad_element'],
    [
      'a child that leaves its group',
      Uint8Array.of(0xa0, 0x84, 0xa1, 0x85, 0x81, 0, 0, 0, 0),
      'bad_element',
    ],
  ]
  test.each(cases)('%s', (_, bytes, trouble) => {
    for (const parts of [[start, bytes], byByte(joinBytes([start, bytes]))]) {
      const { events, state } = parseAll(parts)
      expect(state).toMatchObject({ stage: 'ended', trouble })
      expect(state.completeEnd).toBe(start.length)
      expect(events.filter((event) => event.type === 'block')).toHaveLength(1)
    }
  })

  test('and the bytes behind it are still counted', () => {
    const { state } = parseAll([start, new Uint8Array(20), start])
    expect(state.received).toBe(2 * start.length + 20)
  })
})

describe('a header', () => {
  test('of a Segment of known size ends the stream with the Segment', () => {
    const inside = joinBytes([element(ID.info), element(ID.tracks), knownCluster(0, keyframe(0))])
    const bytes = joinBytes([ebmlHeader(), element(ID.segment, inside)])
    const { events, state } = parseAll([bytes, new Uint8Array(5)])
    expect(events.map((event) => event.type)).toEqual(['header', 'cluster', 'block'])
    expect(state.trouble).toBe('segment_ended')
  })

  test('is refused at the same byte wherever it is cut, when it is too large', () => {
    const fat = header(element(ID.tags, new Uint8Array(MAX_HEADER_BYTES)))
    expect(parseAll([fat]).state.trouble).toBe('header_too_large')
    expect(parseAll(byByte(fat)).state.trouble).toBe('header_too_large')
  })

  test('of the largest size is read wherever it is cut', () => {
    const room = MAX_HEADER_BYTES - header(element(ID.void, new Uint8Array(1000))).length + 1000
    const bytes = joinBytes([header(element(ID.void, new Uint8Array(room))), cluster(0, sound(0))])
    expect(parseAll(byByte(bytes))).toEqual(parseAll([bytes]))
    expect(parseAll([bytes]).state.stage).toBe('media')
  })

  test('ends behind Tracks when what follows is too large for a header', () => {
    const cues = element(ID.cues, new Uint8Array(MAX_HEADER_BYTES))
    const bytes = joinBytes([header(), cues, VOID, cluster(0, keyframe(0))])
    const { events, state } = parseAll([bytes])
    expect(events.map((event) => event.type)).toEqual([
      'header',
      'other',
      'other',
      'cluster',
      'block',
    ])
    expect(events[0]).toMatchObject({ end: header().length })
    expect(parseAll(byByte(bytes))).toEqual({ events, state })
  })

  test('that does not begin with EBML is refused with its first byte', () => {
    expect(parseAll([Uint8Array.of(0)]).state).toMatchObject({
      stage: 'ended',
      trouble: 'not_webm',
    })
  })
})

test('never throws and always ends, whatever the bytes are', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(header(), cluster(5, keyframe(0)), unknownSized(ID.cluster), VOID, MOTLEY),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
      const { state } = parseAll(parts)
      expect(state.received).toBe(parts.reduce((sum, part) => sum + part.length, 0))
    }),
    { numRuns: 2000 },
  )
})
