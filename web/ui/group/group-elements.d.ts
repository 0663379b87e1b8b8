// Our own element, for JSX.
import type { HTMLAttributes } from 'preact'

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'group-media': HTMLAttributes<HTMLElement>
    }
  }
}
