// Which files a run begins with: those that take minutes, so that no worker waits for one that began when the rest was done. On
// a fresh machine vitest knows no durations and goes by the size of a file, which says nothing of it.
import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const LONG = /^test\/(?:chaos|simulation)\/|^test\/ui\/(?:recording-page|stills)\./

const isLong = ({ project, moduleId }: TestSpecification): boolean =>
  LONG.test(relative(project.config.root, moduleId))

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}
