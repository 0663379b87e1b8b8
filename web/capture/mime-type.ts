// Owns what is asked of the recorder: formats that can be repackaged as MP4 without encoding them again
// come first (VP9 and Opus can, VP8 cannot). What it then writes is told by `recorder.mimeType`.

const VIDEO = [
  'video/webm;codecs=vp9,opus',
  'video/webm;codecs=vp8,opus',
  'video/webm',
  'video/mp4',
] as const
const AUDIO = ['audio/webm;codecs=opus', 'audio/webm', 'audio/mp4'] as const

/** The best type that this browser records; undefined = leave it to the browser. */
export function pickMimeType(stream: MediaStream): string | undefined {
  const wanted = stream.getVideoTracks().length > 0 ? VIDEO : AUDIO
  return wanted.find((type) => MediaRecorder.isTypeSupported(type))
}
