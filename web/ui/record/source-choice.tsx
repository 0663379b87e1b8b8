// The first question: what to record. One click on a card asks the browser for the devices.
import { useEffect, useRef } from 'preact/hooks'
import { AddFileButton } from '../files/add-file-button.tsx'
import { Icon } from '../shell/icon.tsx'
import { wantedCard } from '../shell/launch.ts'
import { chooseSource } from '../store/source.ts'
import { t } from '../strings/strings.ts'
import type { SourceKind } from './media-problem.ts'

const CARDS: readonly { kind: SourceKind; label: string; hint: string }[] = [
  { kind: 'camera', label: t.source.camera, hint: t.source.cameraHint },
  { kind: 'microphone', label: t.source.microphone, hint: t.source.microphoneHint },
  { kind: 'screen', label: t.source.screen, hint: t.source.screenHint },
  { kind: 'both', label: t.source.both, hint: t.source.bothHint },
]

/** On the first visit of the page the focus stays where the browser put it. */
let isFirstTime = true

function useFocusOnReturn() {
  const first = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const wanted = isFirstTime ? CARDS.findIndex(({ kind }) => kind === wantedCard) : 0
    first.current?.querySelectorAll('button').item(wanted)?.focus({ preventScroll: true })
    isFirstTime = false
  }, [])
  return first
}

export function SourceChoice() {
  const cards = useFocusOnReturn()
  return (
    <div class="choice">
      <h1>{t.source.question}</h1>
      <div class="cards" ref={cards}>
        {CARDS.map(({ kind, label, hint }) => (
          <button type="button" class="card" key={kind} onClick={() => void chooseSource(kind)}>
            <span class="card-icon">
              <Icon name={kind} size={28} />
            </span>
            <span class="card-text">
              <strong>{label}</strong>
              <span class="soft">{hint}</span>
            </span>
          </button>
        ))}
      </div>
      <AddFileButton />
    </div>
  )
}
