// What the camera sees in the pictures: three hills and a low sun, flat, so that PNGs stay small.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

type Colours = {
  hills: readonly [near: number, middle: number, far: number]
  sun: number
  sky: string
}

/** One colour channel. */
const channel = ({ hills: [near, middle, far], sun, sky }: Colours): string =>
  [
    `if(gt(Y,610+45*sin(X/210+4)),${near}`,
    `if(gt(Y,510+55*sin(X/250+2)),${middle}`,
    `if(gt(Y,425+40*sin(X/180)+18*sin(X/71)),${far}`,
    `if(lt(hypot(X-880,Y-270),74),${sun},${sky}))))`,
  ].join(',')
const RED = channel({ hills: [29, 66, 125], sun: 255, sky: '246-Y/40' })
const GREEN = channel({ hills: [72, 118, 166], sun: 236, sky: '214-Y/12' })
const BLUE = channel({ hills: [66, 108, 152], sun: 205, sky: '186-Y/8' })
const CAMERA = `color=s=1280x720:r=2:d=1,format=gbrp,geq=r='${RED}':g='${GREEN}':b='${BLUE}'`

export async function makeCalmCamera(path: string): Promise<void> {
  const args = [
    '-f',
    'lavfi',
    '-i',
    CAMERA,
    '-q:v',
    '3',
    '-pix_fmt',
    'yuvj420p',
    '-f',
    'mjpeg',
    path,
  ]
  await promisify(execFile)('ffmpeg', ['-v', 'error', '-y', ...args])
}
