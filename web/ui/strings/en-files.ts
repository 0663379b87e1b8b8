// What is said of files that are added from disk or shared with the app, in English.

export const fileWords = {
  files: {
    add: 'Add a video or audio file',
    drop: 'Drop it here to add it',
    sharedNone: 'Nothing was shared that can be added.',
    copying: (count: number) =>
      count === 1 ? 'Copying the file to this device' : `Copying ${count} files to this device`,
    copyingHint: 'Keep this page open until the copy is here. Then it is sent automatically.',
    sending: (count: number) => (count === 1 ? 'Sending a file' : `Sending ${count} files`),
    sendingHint:
      'A copy is on this device. If this page closes, the rest is sent when you come back.',
    refusedHeading: (count: number) =>
      count === 1 ? 'The file was not added' : `${count} files were not added`,
    refused: {
      not_media: 'This is not a WebM, Matroska or MP4 file.',
      cut_off: 'This MP4 is cut off: the part that makes it play is missing. Keep the original.',
      unreadable: 'It cannot be read. Was it moved or changed? Choose it again.',
      no_room: 'There is no room on this device for a copy of it. Free some space, then try again.',
      not_stored: 'This browser stores nothing here (a private window?), so nothing was added.',
      failed: 'That did not work. Choose it again.',
    },
    long: (clock: string) => `${clock} long`,
    safePart: (percent: number) => `${percent}% safe on the server`,
  },
}
