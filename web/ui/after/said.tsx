// What came of a change, beside what was changed: a failure stays and is spoken, a success takes the place of the hint.

export type Outcome = { readonly text: string; readonly isGood: boolean }

type SaidProps = {
  outcome: Outcome | null
  hint: string
  /** Of the text, for what it describes. */
  id?: string
}

export function Said({ outcome, hint, id }: SaidProps) {
  if (outcome && !outcome.isGood) {
    return (
      <span class="said-bad" id={id} role="alert">
        {outcome.text}
      </span>
    )
  }
  return (
    <span class={outcome ? 'soft said-good' : 'soft'} id={id}>
      {outcome?.text ?? hint}
    </span>
  )
}
