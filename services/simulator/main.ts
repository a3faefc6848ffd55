import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { describeIssues, kafkaSettings } from '../runtime/config.ts';
import { createProducer, openKafka } from '../runtime/kafka.ts';
import { createLogger } from '../runtime/logger.ts';
import { createTokenSource } from '../runtime/tokenSource.ts';
import { playScenario } from './driver.ts';
import { buildScenario } from './index.ts';

const logger = createLogger('simulator', { level: 'info' });
const Environment = z.object({
  ...kafkaSettings,
  GATEWAY_URL: z.url(),
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1),
});
const Options = z.object({
  scenario: z.enum(['sichuan', 'sichuan-null']),
  seed: z.coerce.number().int().min(0),
  scale: z.coerce.number().int().min(1),
  truth: z.string().optional(),
});

let isStopping = false;
process.on('SIGTERM', () => {
  isStopping = true;
});
process.on('SIGINT', () => {
  isStopping = true;
});

try {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'sichuan' },
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '10' },
      truth: { type: 'string' },
    },
  });
  const options = Options.safeParse(values);
  if (!options.success) throw new Error(`bad option: ${describeIssues(options.error)}`);
  const environment = Environment.safeParse(process.env);
  if (!environment.success) throw new Error(`bad environment: ${describeIssues(environment.error)}`);

  const scenario = buildScenario(options.data);
  if (options.data.truth) writeFileSync(options.data.truth, `${JSON.stringify(scenario.truth, null, 2)}\n`);
  const kafka = openKafka(environment.data, 'simulator', logger);
  const producer = await createProducer(kafka);
  const { records, acts } = await playScenario(scenario, {
    producer,
    gatewayUrl: environment.data.GATEWAY_URL,
    token: createTokenSource({
      issuer: environment.data.OIDC_ISSUER,
      clientId: environment.data.OIDC_CLIENT_ID,
      clientSecret: environment.data.OIDC_CLIENT_SECRET,
    }),
    logger,
    isStopping: () => isStopping,
  });
  await producer.disconnect();
  await kafka.close();
  logger.info({ records, acts }, 'scenario sent');
  process.exit(isStopping ? 1 : 0);
} catch (error) {
  logger.fatal({ err: error }, 'simulator failed');
  process.exit(1);
}
