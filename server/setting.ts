// What one setting is: its value when the variable is absent or empty, how its text is read, and its story.
import type * as v from 'valibot'

export type SettingAbout = {
  readonly description: string
  /** The default as the docs print it. */
  readonly byDefault: string
  readonly unit?: string
  readonly reason: string
}

export function setting<const Absent, const Schema extends v.GenericSchema<string, unknown>>(
  absent: Absent,
  schema: Schema,
  about: SettingAbout,
) {
  return { absent, schema, about }
}
