import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** CI adds the counts of each run up from a file. */
const counts = process.env.TEST_COUNTS;

/** Files that take longer than their size tells. Begun among the last, one of them would run on when all others are done. */
const long = /\/test\/(actions\/contract\/|engine\/[\w-]*(crash|kill)|process|lean|store\/embedded)/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [first, then] = [true, false].map((is) => files.filter((f) => long.test(f.moduleId) === is));
    return [...(await super.sort(first ?? [])), ...(await super.sort(then ?? []))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['test/support/templates.ts'],
    // Two cores, and each file that needs a database starts one: more at once would only wait for each other.
    maxWorkers: 2,
    // The product's modules keep nothing between two uses: what is imported once serves all files of a worker, and saves a
    // quarter of the time. A test that needs a process of its own starts one.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // Of some tests several processes are part, which start one after the other on a machine that may be busy.
    testTimeout: 240_000,
    hookTimeout: 120_000,
    unstubEnvs: true,
    reporters: counts ? ['default', ['json', { outputFile: counts }]] : ['default'],
  },
});
