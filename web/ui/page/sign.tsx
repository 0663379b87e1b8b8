// The signs of the recording's page, in the manner of the app's icons. Always decoration: the words beside them speak.
import { Drawing } from '../shell/icon.tsx'

const PATHS = {
  good: 'M12 3.5l7 2.8v5.2c0 4.3-2.9 7.4-7 9-4.1-1.6-7-4.7-7-9V6.3zM8.7 12l2.4 2.4 4.3-4.5',
  care: 'M12 4l9 15.5H3zM12 10v4.5M12 17v.2',
  bad: 'M12 3.5a8.5 8.5 0 1 0 .01 0zM9 9l6 6M15 9l-6 6',
  plain: 'M12 3.5a8.5 8.5 0 1 0 .01 0zM12 7.5V12l3 2',
  live: 'M12 7a5 5 0 1 0 .01 0z',
  back: 'M19 12H5.5M11 6l-6 6 6 6',
  begin: 'M12 7a5 5 0 1 0 .01 0z',
  return: 'M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 3.5v4h-4',
  stop: 'M7 7h10v10H7z',
  version: 'M5 12.5l4.5 4.5L19 7.5',
  late: 'M12 4.5v10M7.5 10.5l4.5 4.5 4.5-4.5M5 19.5h14',
  made: 'M4 8.5h16v11H4zM8 8.5l2-4M14 8.5l2-4',
  deleted: 'M4.5 6.5h15M9.5 6.5V4h5v2.5M6.5 6.5l1 13.5h9l1-13.5',
  created: 'M12 5v14M5 12h14',
} as const

export type SignName = keyof typeof PATHS

const FILLED: ReadonlySet<SignName> = new Set(['live', 'begin', 'stop'])

export function Sign({ name, size = 20 }: { name: SignName; size?: number }) {
  return <Drawing path={PATHS[name]} size={size} isFilled={FILLED.has(name)} />
}
