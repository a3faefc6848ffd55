import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { ChainlightError } from '../../schemas/errors.ts';
import { PartyId } from '../../schemas/ids.ts';

/** Folder of the checkout; bin/run.mjs sets it. */
export const projectRoot = resolve(process.env.CHAINLIGHT_ROOT ?? process.cwd());

/** Where the running stack writes its addresses, so that `cli` finds servers on free ports. */
export const defaultDataDir = resolve(
  process.env.CHAINLIGHT_DATA_DIR ?? join(projectRoot, '.chainlight', 'start'),
);

/** How Kafka is reached; every process that speaks to it reads these. */
export const kafkaSettings = {
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((broker) => broker.trim())),
  /** How long an ingest process may be silent before Kafka gives its partitions to others. */
  KAFKA_SESSION_TIMEOUT_MS: z.coerce.number().int().min(6_000).max(300_000).default(15_000),
  /** Where the broker wants a sign-in: one principal for this process … */
  KAFKA_USERNAME: z.string().min(1).optional(),
  KAFKA_PASSWORD: z.string().min(1).optional(),
  KAFKA_SASL_MECHANISM: z.enum(['scram-sha-256', 'scram-sha-512', 'plain']).default('scram-sha-256'),
  /** … or the passwords of all of the product's principals, by name; the local secured stack's way. */
  KAFKA_CREDENTIALS_FILE: z.string().min(1).optional(),
  KAFKA_SSL: z.stringbool().default(false),
  /** PEM file of the authority that signed the broker's certificate. */
  KAFKA_SSL_CA: z.string().min(1).optional(),
};
export type KafkaConfig = z.infer<z.ZodObject<typeof kafkaSettings>>;

/** An address, or a network that is not all there are: then anybody could say where he comes from. */
function isNetwork(text: string): boolean {
  const [address = '', prefix = '1', ...more] = text.split('/');
  const family = isIP(address);
  const mostBits = family === 6 ? 128 : 32;
  return family !== 0 && more.length === 0 && /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= mostBits;
}

const PlatformUrl = z
  .url()
  .refine((url) => new URL(url).username === '', 'must hold no sign-in: a token is sent as bearer');
const PlatformToken = z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** The value that a setting holds as JSON; what is none is named, never quoted: it may be a secret. */
function readJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
}

const Environment = z
  .object({
    ...kafkaSettings,
    TEMPORAL_ADDRESS: z.string().min(1),
    TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
    MONGODB_URI: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must begin with mongodb:// or mongodb+srv://'),
    MONGODB_DB: z.string().min(1).default('chainlight'),
    /** Where the API of each industrial internet platform is, by its id: {"huanyu":{"url":"https://…","token":"…"}}. One that is not named is not known … */
    PLATFORMS: z
      .string()
      .transform(readJson)
      .pipe(z.record(PartyId, z.strictObject({ url: PlatformUrl, token: PlatformToken.optional() })))
      .optional(),
    /** … or one address for all of them, and what lets this installation in there. */
    PLATFORM_URL: PlatformUrl.optional(),
    PLATFORM_TOKEN: PlatformToken.optional(),
    GATEWAY_URL: z.url().optional(),
    GATEWAY_HOST: z.string().min(1).default('127.0.0.1'),
    GATEWAY_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    /** Address under which browsers reach the product, where that is not a loopback name. */
    GATEWAY_PUBLIC_URL: z.url().optional(),
    /** Proxies whose X-Forwarded-For is believed: addresses, or networks as 10.0.0.0/8. */
    GATEWAY_TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((network) => network.trim())
          .filter((network) => network !== ''),
      )
      .refine((networks) => networks.every(isNetwork), 'must be addresses or networks, with commas between'),
    /** How often one person may ask in a minute. */
    GATEWAY_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(1_200),
    /** `private`: webhooks may go to addresses within the network, and by plain http. */
    CHAINLIGHT_WEBHOOKS: z.enum(['public', 'private']).default('public'),
    /** Folder with the built console. */
    CONSOLE_DIR: z
      .string()
      .min(1)
      .default(() => join(projectRoot, 'services', 'console', 'dist')),
    PLATFORM_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    /** `wall`: deadlines follow the clock once the stream has caught up. `stream`: business time is the watermark alone (history, demos). */
    CHAINLIGHT_CLOCK: z.enum(['wall', 'stream']).default('wall'),
    /** How long after its business time an event may still arrive before deadlines pass it by. */
    CHAINLIGHT_LATENESS_HOURS: z.coerce.number().min(0).default(72),
    /** Share of its target below which a city is critical … */
    CHAINLIGHT_CRITICAL_BELOW: z.coerce.number().min(0).max(1).default(0.15),
    /** … and lagging. */
    CHAINLIGHT_LAGGING_BELOW: z.coerce.number().min(0).max(1).default(0.3),
    /** Mail server for notifications, smtp://user:password@host:port; without it nobody gets e-mail. */
    SMTP_URL: z
      .string()
      .regex(/^smtps?:\/\//, 'must begin with smtp:// or smtps://')
      .optional(),
    MAIL_FROM: z.string().min(3).default('chainlight@localhost'),
    /** SMS gateway, and what it wants as bearer. */
    SMS_GATEWAY_URL: z.url().optional(),
    SMS_GATEWAY_TOKEN: z.string().min(1).optional(),
    /** Robots in the programme office's groups; the addresses hold a key and are as secret as a password. */
    WECOM_WEBHOOK_URL: z.url().optional(),
    DINGTALK_WEBHOOK_URL: z.url().optional(),
    DINGTALK_SECRET: z.string().min(1).optional(),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  })
  .refine((env) => (env.KAFKA_USERNAME === undefined) === (env.KAFKA_PASSWORD === undefined), {
    path: ['KAFKA_PASSWORD'],
    message: 'KAFKA_USERNAME and KAFKA_PASSWORD belong together',
  })
  .refine((env) => env.CHAINLIGHT_CRITICAL_BELOW <= env.CHAINLIGHT_LAGGING_BELOW, {
    path: ['CHAINLIGHT_CRITICAL_BELOW'],
    message: 'must not be above CHAINLIGHT_LAGGING_BELOW',
  });

export type Config = z.infer<typeof Environment>;

/** Shares of a city's target (1 = all of it) below which it is marked. */
export const targetThresholds = (
  config: Pick<Config, 'CHAINLIGHT_CRITICAL_BELOW' | 'CHAINLIGHT_LAGGING_BELOW'>,
) => ({
  criticalBelow: config.CHAINLIGHT_CRITICAL_BELOW,
  laggingBelow: config.CHAINLIGHT_LAGGING_BELOW,
});

/** Settings that one installation shares: whoever starts it hands them to every process and leaves them where `cli` looks. */
const SHARED = ['CHAINLIGHT_CRITICAL_BELOW', 'CHAINLIGHT_LAGGING_BELOW'] as const;

export const sharedSettings = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    SHARED.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value] as const] : [];
    }),
  );

/** The OpenID Connect issuer that signs people in, and the gateway's own registration with it. */
const IdentityEnvironment = z.object({
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1),
});
export type IdentitySettings = z.infer<typeof IdentityEnvironment>;

/** @throws ChainlightError BAD_USAGE naming every missing or bad setting */
export function loadIdentitySettings(env: NodeJS.ProcessEnv = process.env): IdentitySettings {
  const parsed = IdentityEnvironment.safeParse(env);
  if (parsed.success) return parsed.data;
  throw new ChainlightError(
    'BAD_USAGE',
    `the identity issuer is not configured: ${describeIssues(parsed.error)}. docs/security.md says how.`,
  );
}

/** Addresses that `npm start` leaves for other processes: `<data folder>/stack.json`. */
export const StackFile = z.object({
  pid: z.number().int(),
  env: z.record(z.string(), z.string()),
});
export type StackFile = z.infer<typeof StackFile>;

export function stackFilePath(dataDir = defaultDataDir): string {
  return join(dataDir, 'stack.json');
}

function readStackFile(): Record<string, string> {
  try {
    return StackFile.parse(JSON.parse(readFileSync(stackFilePath(), 'utf8'))).env;
  } catch {
    return {};
  }
}

/**
 * Reads the configuration from the environment; what is missing there comes from the running stack's address file.
 * @throws ChainlightError SERVER_UNREACHABLE naming every missing or bad setting at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse({ ...readStackFile(), ...definedOnly(env) });
  if (parsed.success) return parsed.data;
  throw new ChainlightError(
    'SERVER_UNREACHABLE',
    `no running stack was found, and these settings are missing or wrong:\n  ${describeIssues(parsed.error, '\n  ')}\nRun \`npm start\` in another terminal, or set them to your own servers.`,
  );
}

/** Every issue of a failed parse in one line: where, and what. */
export function describeIssues(error: z.ZodError, separator = '; '): string {
  return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(separator);
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => Boolean(pair[1])));
}
