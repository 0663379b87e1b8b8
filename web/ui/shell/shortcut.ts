// Which shortcut a key press means, if any. Pure: acting on it is keyboard.ts.

export type Shortcut = 'advance' | 'pause' | 'mark' | 'help' | 'search' | 'escape'

export type KeyPress = {
  readonly key: string
  readonly hasModifier: boolean
  /** The press repeats because the key is held down. */
  readonly isRepeat: boolean
  /** The focused element takes text. */
  readonly isTyping: boolean
  /** The focused element does something with Space itself: a button, a link, a player. */
  readonly isOnControl: boolean
}

export function shortcutOf(press: KeyPress): Shortcut | null {
  if (press.hasModifier || press.isRepeat) return null
  if (press.key === 'Escape') return 'escape'
  if (press.isTyping) return null
  if (press.key === '?') return 'help'
  if (press.key === '/') return 'search'
  if (press.key === ' ') return press.isOnControl ? null : 'advance'
  const key = press.key.toLowerCase()
  if (key === 'r') return 'advance'
  if (key === 'm') return 'mark'
  return key === 'p' ? 'pause' : null
}
