import { CommanderError } from 'commander';
import type { FreshProduct } from '../stack/index.ts';
import { describeError, processIo } from './output.ts';
import { buildProgram, offerFresh } from './program.ts';

const io = processIo();
let fresh: FreshProduct | null = null;

/** Loaded only when asked for: the launcher is the largest part of the command line, and the least used. */
async function startFresh(): Promise<void> {
  const { startFreshProduct } = await import('../stack/index.ts');
  fresh = await startFreshProduct(String(process.pid), io.err);
  Object.assign(process.env, fresh.env);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void Promise.resolve(fresh?.stop()).finally(() => process.exit(130)));

try {
  const program = await buildProgram(io, process.argv[2]);
  offerFresh(program, startFresh);
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    io.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    io.err(`chainlight: ${describeError(error)}`);
    io.exitCode = 2;
  }
} finally {
  await (fresh as FreshProduct | null)?.stop();
}
process.exitCode = io.exitCode;
