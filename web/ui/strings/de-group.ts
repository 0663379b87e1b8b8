// What is said where recordings play together, in German.
import type { groupWords as english } from './en-group.ts'
import type { Words } from './words.ts'

export const groupWords: Words<typeof english> = {
  madeTogether: (count) => `${count} Aufnahmen gehören zusammen.`,
  together: 'Zusammen abspielen',
  alone: 'Allein abspielen',
  several: (count) => `${count} Aufnahmen zusammen`,
}
