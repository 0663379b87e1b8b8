// What is read of a sound as it comes: its level now, the word for it, and whether nothing was heard for long. Pure.
import { isHeard, type LevelWord, levelOf, levelWord } from './sound-level.ts'

/** Twelve times a second: lively, and slow enough to be seen. */
export const LEVEL_S = 0.08
/** How long a level takes to fall to a third of what it was. */
const AFTERGLOW_S = 0.27
/** Words are for who looks for them: each tells the loudest of its time. */
const WORD_S = 2
const SILENCE_WARNING_S = 10

export type Reading = { readonly word: LevelWord; readonly isSilent: boolean }

export class LevelReading {
  #level = 0
  #loudest = 0
  #wordS = 0
  #silentS = 0
  #word: LevelWord = 'silent'

  /** 0 to 1. */
  get level(): number {
    return this.#level
  }

  get said(): Reading {
    return { word: this.#word, isSilent: this.#silentS > SILENCE_WARNING_S }
  }

  /** @param power mean of the squared samples of the last `LEVEL_S`. @returns whether `said` is another now */
  take(power: number): boolean {
    const before = this.said
    const measured = levelOf(power)
    this.#level = Math.max(measured, this.#level * Math.exp(-LEVEL_S / AFTERGLOW_S))
    this.#silentS = isHeard(measured) ? 0 : this.#silentS + LEVEL_S
    this.#loudest = Math.max(this.#loudest, measured)
    this.#wordS += LEVEL_S
    if (this.#wordS >= WORD_S) {
      this.#word = levelWord(this.#loudest)
      this.#loudest = 0
      this.#wordS = 0
    }
    return before.word !== this.#word || before.isSilent !== this.said.isSilent
  }
}
