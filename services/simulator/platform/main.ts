import { z } from 'zod';
import { runProcess } from '../../runtime/lifecycle.ts';
import { createLogger } from '../../runtime/logger.ts';
import { buildPlatform } from './app.ts';
import { NO_FAULTS } from './faults.ts';

const logger = createLogger('platform');

/** Faults as JSON in PLATFORM_FAULTS, for example {"seed":7,"errorPerMille":50}. */
const Faults = z.object({
  seed: z.number().int().default(NO_FAULTS.seed),
  errorPerMille: z.number().int().min(0).max(1_000).default(0),
  busyPerMille: z.number().int().min(0).max(1_000).default(0),
  lostReplyPerMille: z.number().int().min(0).max(1_000).default(0),
  duplicatePerMille: z.number().int().min(0).max(1_000).default(0),
  slowPerMille: z.number().int().min(0).max(1_000).default(0),
  slowMs: z.number().int().min(0).max(60_000).default(0),
});

await runProcess(logger, async () => {
  const faults = Faults.parse(JSON.parse(process.env.PLATFORM_FAULTS ?? '{}'));
  const { app } = buildPlatform({ faults });
  const port = z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .parse(process.env.PLATFORM_PORT ?? 0);
  const url = await app.listen({ host: '127.0.0.1', port });
  return { ready: { url }, stop: () => app.close() };
});
