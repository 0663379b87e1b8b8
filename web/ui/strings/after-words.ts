// What is said where something is done with a saved recording, in the language in use.
export { afterWords } from './en-after.ts'
