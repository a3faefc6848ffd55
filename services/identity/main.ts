import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { loadKeys } from './adapters/keys.ts';
import { Directory } from './domain/accounts.ts';
import { buildIssuer } from './issuer.ts';

const HOST = '127.0.0.1';
const Environment = z.object({
  /** Accounts and clients, as JSON; the issuer's keys are kept beside it. */
  IDENTITY_DIRECTORY: z.string().min(1),
  IDENTITY_PORT: z.coerce.number().int().min(1).max(65_535),
});
const logger = createLogger('identity');

await runProcess(logger, async () => {
  const { IDENTITY_DIRECTORY, IDENTITY_PORT } = Environment.parse(process.env);
  const directory = Directory.parse(JSON.parse(readFileSync(IDENTITY_DIRECTORY, 'utf8')));
  const keys = await loadKeys(join(dirname(IDENTITY_DIRECTORY), 'keys.json'), new Date());
  const url = `http://${HOST}:${IDENTITY_PORT}`;
  const server = buildIssuer({ url, directory, keys });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(IDENTITY_PORT, HOST, done);
  });
  return {
    ready: { url },
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
});
