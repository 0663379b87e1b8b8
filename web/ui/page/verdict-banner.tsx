// The answer to "is it safe?", at a glance: a sign, a colour, a sentence, and what follows from it.
import { Sign } from './sign.tsx'
import type { Verdict } from './verdict.ts'

export function VerdictBanner({ verdict }: { verdict: Verdict }) {
  const { tone, says, hint } = verdict
  // A running clock must not be spoken every few seconds.
  const role = tone === 'live' ? undefined : 'status'
  return (
    <div class={`verdict-banner ${tone}`}>
      <Sign name={tone} size={28} />
      <div role={role}>
        <p class="verdict-says digits">{says}</p>
        <p>{hint}</p>
      </div>
    </div>
  )
}
