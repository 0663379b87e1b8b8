// What is said where recordings play together, in English: fetched with their player, not before.

export const groupWords = {
  madeTogether: (count: number) => `${count} recordings belong together.`,
  together: 'Play together',
  alone: 'Play alone',
  several: (count: number) => `${count} recordings together`,
}
