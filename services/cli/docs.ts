import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../runtime/config.ts';
import { processIo } from './output.ts';
import { buildProgram } from './program.ts';
import { cliMarkdown } from './reference.ts';

/** Part of `npm run schemas`: writes docs/cli.md. */
writeFileSync(join(projectRoot, 'docs', 'cli.md'), cliMarkdown(await buildProgram(processIo())));
process.stderr.write('docs/cli.md is written\n');
