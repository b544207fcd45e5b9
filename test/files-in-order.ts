/**
 * The order in which files of tests begin: those of the browser first, the longest of all, then the rest, each from the
 * largest to the smallest, so that no core is idle at the end. Files of one project stand side by side, for a worker is
 * handed on from file to file only while the next one is of its project.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

export class FilesInOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(a.project.name === 'node') - Number(b.project.name === 'node'));
  }
}
