// The icons, drawn on a 24-unit grid with one stroke. Always decoration: the words beside them speak.

const PATHS = {
  camera: 'M3 8a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM15 11l5.5-3v8L15 13',
  microphone:
    'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21',
  screen:
    'M3 6a1.5 1.5 0 0 1 1.5-1.5h15A1.5 1.5 0 0 1 21 6v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 15zM8.5 20h7M12 16.5V20',
  both: 'M3 5.5A1.5 1.5 0 0 1 4.5 4h15A1.5 1.5 0 0 1 21 5.5V11M9 17H4.5A1.5 1.5 0 0 1 3 15.5v-10M12 15.5a1 1 0 0 1 1-1h4.5a1 1 0 0 1 1 1v3a1 1 0 0 1-1 1H13a1 1 0 0 1-1-1zM18.5 17l2.5-1.5v3z',
  play: 'M7.5 5.2v13.6L18.5 12z',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  trash: 'M4.5 6.5h15M9.5 6.5V4h5v2.5M6.5 6.5l1 13.5h9l1-13.5M10.3 10.5v6M13.7 10.5v6',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  up: 'M12 20V5M6 11l6-6 6 6',
  mark: 'M6.5 21V4h11l-2.5 4 2.5 4h-11',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4.1 4.1 0 0 0-5.8-5.8L11.5 7.3M14 10a4 4 0 0 0-6-.4l-3 3a4.1 4.1 0 0 0 5.8 5.8l1.7-1.7',
  share: 'M12 14.5V3.5M8 7l4-4 4 4M6.5 11H5v9.5h14V11h-1.5',
  trim: 'M6 5v14M18 5v14M6 7.5H3.5M6 16.5H3.5M18 7.5h2.5M18 16.5h2.5M9 12h6',
  pencil: 'M4 20l1-4.5L16.5 4a2 2 0 0 1 2.8 0l.7.7a2 2 0 0 1 0 2.8L8.5 19zM14.5 6l3.5 3.5',
  search: 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20.5 20.5',
  alert: 'M12 4l9 15.5H3zM12 10v4.5M12 17v.2',
} as const

export type IconName = keyof typeof PATHS

type DrawingProps = { path: string; size: number; isFilled?: boolean }

export function Drawing({ path, size, isFilled = false }: DrawingProps) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={isFilled ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} />
    </svg>
  )
}

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return <Drawing path={PATHS[name]} size={size} isFilled={name === 'play'} />
}
