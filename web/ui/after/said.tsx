// What came of a change, beside what was changed: a failure stays and is spoken, a success takes the place of the hint.

export type Outcome = { readonly text: string; readonly isGood: boolean }

type SaidProps = { outcome: Outcome | null; hint: string }

export function Said({ outcome, hint }: SaidProps) {
  if (!outcome) return <span class="soft">{hint}</span>
  if (outcome.isGood) return <span class="soft said-good">{outcome.text}</span>
  return (
    <span class="said-bad" role="alert">
      {outcome.text}
    </span>
  )
}
