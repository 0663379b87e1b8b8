// Mistakes in the library of the browser.
import { storyOf } from '../stories.ts'
import type { PlantedBug } from './bugs.ts'

export const CLIENT_BUGS: readonly PlantedBug[] = [
  {
    name: 'the browser forgets what it has sent',
    patches: [
      {
        file: 'web/sender/upload-driver.ts',
        find: 'this.#sentHashes.set(key, row.sha256)',
        replace:
          'this.#sentHashes.set(key, row.sha256)\n    this.#options.source.forget(out, row.sha256)',
      },
    ],
  },
  {
    name: 'a stop meets a change of camera half-way',
    story: storyOf('a stop while the camera is changed'),
    patches: [
      {
        file: 'web/session/take-sequence.ts',
        find: 'const done = this.#moving.then(move)',
        replace: 'const done = move()',
      },
    ],
  },
  {
    name: 'a full disk hides what lies on it',
    story: storyOf('goes on recording on a disk that is full'),
    patches: [
      {
        file: 'web/session/open-row.ts',
        find: 'return { ...again, trouble: bufferTrouble(error) }',
        replace: 'throw error',
      },
    ],
  },
  {
    name: 'a number that is taken is kept',
    story: storyOf('records again under an id that this device has forgotten'),
    patches: [
      {
        file: 'web/sender/answers.ts',
        find: 'known && !isProven(known)) return moveTake(state, known)',
        replace: 'known && known.wire < 0) return moveTake(state, known)',
      },
    ],
  },
  {
    name: 'chunks go out before their take has proven its number',
    story: storyOf('records much under an id that this device has forgotten'),
    patches: [
      {
        file: 'web/sender/chunk-choice.ts',
        find: 'return isProven(take) ? pending :',
        replace: 'return isProven(take) || pending ? pending :',
      },
    ],
  },
]
