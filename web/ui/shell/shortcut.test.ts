import { describe, expect, it } from 'vitest'
import { type KeyPress, shortcutOf } from './shortcut.ts'

const press = (key: string, more: Partial<KeyPress> = {}) =>
  shortcutOf({
    key,
    hasModifier: false,
    isRepeat: false,
    isTyping: false,
    isOnControl: false,
    ...more,
  })

describe('shortcutOf', () => {
  it('starts and stops with Space and R, pauses with P, helps with ?, searches with /', () => {
    expect([' ', 'r', 'R', 'p', '?', '/', 'Escape'].map((key) => press(key))).toEqual([
      'advance',
      'advance',
      'advance',
      'pause',
      'help',
      'search',
      'escape',
    ])
  })

  it('leaves letters and Space to who is typing', () => {
    for (const key of [' ', 'r', 'p', '?', '/']) expect(press(key, { isTyping: true })).toBeNull()
  })

  it('leaves Space to a focused button but not R', () => {
    expect(press(' ', { isOnControl: true })).toBeNull()
    expect(press('r', { isOnControl: true })).toBe('advance')
  })

  it('leaves Ctrl+R and other commands to the browser', () => {
    expect(press('r', { hasModifier: true })).toBeNull()
  })

  it('does not stop again because a key is held down', () => {
    expect(press('r', { isRepeat: true })).toBeNull()
  })
})
