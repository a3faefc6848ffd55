import { CommanderError } from 'commander';
import { describeError, processIo } from './output.ts';
import { buildProgram } from './program.ts';

const io = processIo();
try {
  const program = await buildProgram(io, process.argv[2]);
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    io.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    io.err(`chainlight: ${describeError(error)}`);
    io.exitCode = 2;
  }
}
process.exitCode = io.exitCode;
