// What is asked about files that came from outside of the app, in English.

export const heldWords = {
  heading: (count: number) =>
    count === 1
      ? 'Keep the file that was handed over?'
      : `Keep the ${count} files that were handed over?`,
  hint: 'Another app or a website sent this here. It waits on this device only: nothing goes to the server before you keep it.',
  keep: 'Keep and send',
  keepOf: (name: string) => `Keep and send ${name}`,
  discardSure: 'Discard this file?',
  discardHint: 'The copy on this device is deleted. Nothing of it was sent.',
  discarded: 'Discarded. Nothing of it was sent.',
  discardFailed: 'It could not be deleted now. Try again.',
  refused: {
    not_media: 'This is not a WebM, Matroska or MP4 file.',
    cut_off: 'This MP4 is cut off: the part that makes it play is missing.',
    unreadable: 'This browser cannot read it now. It stays here; reload to try again.',
    no_room:
      'There is too little room to send it from here. It stays; free some space, then try again.',
    not_stored: 'This browser stores nothing now. It stays here; reload to try again.',
    failed: 'That did not work. It stays here; try again.',
  },
} as const
