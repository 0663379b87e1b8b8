// The shape that every language has: taken from the English, so that a sentence that is missing, or asks for
// something else, does not compile.

export type Words<Said> = {
  readonly [Key in keyof Said]: Said[Key] extends string
    ? string
    : Said[Key] extends (...about: infer About) => string
      ? (...about: About) => string
      : Words<Said[Key]>
}
