// Long fragmented MP4 takes, written as they are asked for: a second is one moof and mdat, as recorders with a keyframe
// a second write them. Nothing in it decodes.
import { mp4Header, second } from '../../media/fixtures/sample-mp4.ts'

/** The header, then one slice a second; an hour is 72 kB for each byte of a picture. */
export function* syntheticMp4Slices(seconds: number, pictureBytes: number): Generator<Uint8Array> {
  yield mp4Header()
  for (let number = 0; number < seconds; number++) yield second(number, pictureBytes)
}
