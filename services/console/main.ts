import { ensureConsoleBuilt } from './build.ts';

/** `npm run console`: builds the console, if it was not built from these sources before. */
const folder = await ensureConsoleBuilt((line) => process.stderr.write(`${line}\n`));
process.stderr.write(`console: built in ${folder}\n`);
