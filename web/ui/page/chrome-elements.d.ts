// The elements of media-chrome that the page uses, for JSX.
import type { HTMLAttributes } from 'preact'

type Control<Own = object> = HTMLAttributes<HTMLElement> & Own

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'media-controller': Control<{ novolumepref?: boolean }>
      'media-control-bar': Control
      'media-fullscreen-button': Control
      'media-loading-indicator': Control<{ noautohide?: boolean }>
      'media-mute-button': Control
      'media-pip-button': Control
      'media-play-button': Control
      'media-playback-rate-button': Control<{ rates?: string }>
      'media-seek-backward-button': Control<{ seekoffset?: string }>
      'media-seek-forward-button': Control<{ seekoffset?: string }>
      'media-time-display': Control<{ showduration?: boolean; notoggle?: boolean }>
      'media-time-range': Control
      'media-volume-range': Control
    }
  }
}
