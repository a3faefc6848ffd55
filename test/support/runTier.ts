import { startVitest } from 'vitest/node';
import { projectRoot } from '../../services/runtime/config.ts';

/** One tier of `npm test` in a process of its own, begun by `runAll.ts`, which is told what came of it. */
export interface TierResult {
  readonly passed: number;
  /** A test that did not run, a file that could not be loaded and an error outside any test all count as failures. */
  readonly failed: number;
}

const tier = process.argv[2] ?? '';
const vitest = await startVitest('test', [], { root: projectRoot, watch: false, run: true, project: tier });
const files = vitest.state.getFiles();
const tests = vitest.state.getTestModules().flatMap((module) => [...module.children.allTests()]);
const passed = tests.filter((test) => test.result().state === 'passed').length;
const brokenFiles = files.filter((file) => file.result?.state === 'fail' && !file.tasks.length).length;
const errors = vitest.state.getUnhandledErrors().length;
await vitest.close();

const result: TierResult = { passed, failed: tests.length - passed + brokenFiles + errors };
process.send?.(result, () => process.exit(result.failed > 0 || passed === 0 ? 1 : 0));
