// Which files belong together and in which order, by their names alone: `chunk-0.webm`, `blob3`, `part (12)`. Sorted as
// text, 10 comes before 2; sorted by their times, copied files have none.

/** A file as it was found. */
export type Part = { readonly path: string; readonly name: string; readonly bytes: number }

/** Files that are pieces of one recording, in order. */
export type PartSet = {
  /** What their names share. */
  readonly name: string
  readonly parts: readonly Part[]
  /** The number of each part; null for a file that stands alone. */
  readonly numbers: readonly number[] | null
  /** Numbers that are not there, between the first and the last. */
  readonly missing: readonly (readonly [number, number])[]
  /** Files with a number that another one has; that one is longer. */
  readonly doubles: readonly Part[]
}

type Split = { part: Part; texts: string[]; digits: string[] }

export function groupParts(parts: readonly Part[]): PartSet[] {
  const families = groupBy(parts.map(split), ({ texts }) => texts.join('#'))
  return families.flatMap((family) => {
    const at = countingPlace(family)
    if (at === null) return family.map(({ part }) => standsAlone(part))
    const others = ({ digits }: Split) => digits.filter((_, n) => n !== at).join('#')
    return groupBy(family, others).map((members) => inOrder(members, at))
  })
}

/** Names differ in the texts between their numbers, or in the numbers. */
function split(part: Part): Split {
  const pieces = part.name.split(/(\d+)/)
  return {
    part,
    texts: pieces.filter((_, n) => n % 2 === 0),
    digits: pieces.filter((_, n) => n % 2 === 1),
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups.values()]
}

/** The number that counts is the one that differs most; of equals the last, as in `2026-11-22 take 1 chunk 7`. */
function countingPlace(family: readonly Split[]): number | null {
  if (family.length < 2) return null
  const places = family[0]?.digits.length ?? 0
  let best: number | null = null
  let most = 1
  for (let place = 0; place < places; place++) {
    const values = new Set(family.map(({ digits }) => Number(digits[place])))
    if (values.size < most || values.size === 1) continue
    most = values.size
    best = place
  }
  return best
}

const standsAlone = (part: Part): PartSet => ({
  name: part.name,
  parts: [part],
  numbers: null,
  missing: [],
  doubles: [],
})

function inOrder(members: readonly Split[], place: number): PartSet {
  const byNumber = new Map<number, Part[]>()
  for (const { part, digits } of members) {
    const number = Number(digits[place])
    byNumber.set(number, [...(byNumber.get(number) ?? []), part])
  }
  const numbers = [...byNumber.keys()].sort((a, b) => a - b)
  const claims = numbers.map((number) =>
    (byNumber.get(number) ?? []).toSorted((a, b) => b.bytes - a.bytes),
  )
  const [first] = members
  return {
    name: nameOf(first, place),
    parts: claims.flatMap((claim) => claim.slice(0, 1)),
    numbers,
    missing: missingBetween(numbers),
    doubles: claims.flatMap((claim) => claim.slice(1)),
  }
}

/** `chunk-7.webm` → `chunk`. */
function nameOf(member: Split | undefined, place: number): string {
  if (!member) return ''
  const { texts, digits } = member
  const before = texts.slice(0, place + 1).map((text, n) => text + (n < place ? digits[n] : ''))
  return before.join('').replace(/[\s._()-]+$/, '')
}

function missingBetween(numbers: readonly number[]): [number, number][] {
  return numbers.flatMap((number, n): [number, number][] => {
    const before = numbers[n - 1]
    return before !== undefined && number > before + 1 ? [[before + 1, number - 1]] : []
  })
}
