import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Config, IdentitySettings } from '../runtime/config.ts';
import { type KafkaClient, openKafka } from '../runtime/kafka.ts';
import { loop } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Mongo } from '../runtime/mongo.ts';
import { projectOnce } from '../runtime/projector.ts';
import type { Temporal } from '../runtime/temporal.ts';
import { submitAct } from './adapters/acts.ts';
import { auditTrailOf, ensureAuditIndexes } from './adapters/auditTrail.ts';
import { createChangeFeed } from './adapters/changeFeed.ts';
import { consentProjector } from './adapters/consentProjector.ts';
import { createEvidenceDesk } from './adapters/evidenceDesk.ts';
import { createFindingActs } from './adapters/findingActs.ts';
import { createIntake } from './adapters/intake.ts';
import { createInvitations } from './adapters/invitations.ts';
import { createIssuer } from './adapters/issuer.ts';
import { createPageFeed } from './adapters/pageFeed.ts';
import { readPageFiles } from './adapters/pageFiles.ts';
import { readStatusOf } from './adapters/readModels.ts';
import { createRegistry } from './adapters/registry.ts';
import { createRepetitions } from './adapters/repetitions.ts';
import { createSampleDesk } from './adapters/sampleDesk.ts';
import { createSessions } from './adapters/sessions.ts';
import { createStatements } from './adapters/statements.ts';
import { addressesOf } from './adapters/status.ts';
import { createWebhookFollower } from './adapters/webhookFollower.ts';
import { createWebhookPost, sendNextWebhook } from './adapters/webhookSender.ts';
import { createWebhookDesk } from './adapters/webhookStore.ts';
import { buildApp } from './app.ts';
import { createReadCache } from './reads/cache.ts';
import { lateAfterClose } from './reads/findings.ts';

const CONSENT_IDLE_MS = 1_000;
const WEBHOOK_IDLE_MS = 1_000;
const WEBHOOK_SENDERS = 4;

export interface GatewayServers {
  readonly mongo: Mongo;
  readonly kafka: KafkaClient;
  readonly temporal: Temporal;
  readonly config: Config & IdentitySettings;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** The gateway on connected servers, not listening yet. Closing the app lets go of all it made itself. */
export async function createGateway(servers: GatewayServers): Promise<FastifyInstance> {
  const { mongo, kafka, temporal, config, logger, now } = servers;
  const { db } = mongo;
  const registrar = openKafka(config, 'registrar', logger);
  const registry = createRegistry({ kafka: registrar, db, logger, now });
  const statements = createStatements({ kafka, mongo, now });
  const evidence = createEvidenceDesk({ kafka, db, now });
  const findingActs = createFindingActs({ kafka, db, now, readOthers: () => lateAfterClose(db) });
  const samples = createSampleDesk({ kafka, db, now });
  const intake = createIntake(kafka, db, now);
  const feed = createPageFeed(db, logger);
  const changes = createChangeFeed(db, logger);
  const allowsPrivate = config.CHAINLIGHT_WEBHOOKS === 'private';
  const webhooks = createWebhookDesk({ db, now, allowsPrivate });
  const webhookFollower = createWebhookFollower({ mongo, changes, now });
  const sessions = createSessions(db, now);
  const repetitions = createRepetitions(db, now);
  await Promise.all([
    sessions.ensureIndexes(),
    repetitions.ensureIndexes(),
    webhooks.ensureIndexes(),
    ensureAuditIndexes(db),
    consentProjector.ensureIndexes(db),
  ]);
  const post = createWebhookPost(allowsPrivate);
  const loops = [
    loop(logger, CONSENT_IDLE_MS, () => projectOnce(mongo, consentProjector)),
    loop(logger, WEBHOOK_IDLE_MS, () => webhookFollower.step()),
    ...Array.from({ length: WEBHOOK_SENDERS }, () =>
      loop(logger, WEBHOOK_IDLE_MS, () => sendNextWebhook(db, post, now)),
    ),
  ];
  const app = await buildApp({
    db,
    cache: createReadCache(db),
    registry,
    statements,
    invitations: createInvitations(db, statements, now),
    evidence,
    findingActs,
    samples,
    webhooks,
    intake,
    repetitions,
    audit: async (entry) => {
      await auditTrailOf(db).insertOne({ _id: randomUUID(), at: now(), ...entry });
    },
    feed,
    changes,
    issuer: createIssuer({
      url: config.OIDC_ISSUER,
      clientId: config.OIDC_CLIENT_ID,
      clientSecret: config.OIDC_CLIENT_SECRET,
    }),
    sessions,
    publicUrl: config.GATEWAY_PUBLIC_URL ?? null,
    trustedProxies: config.GATEWAY_TRUSTED_PROXIES,
    requestsPerMinute: config.GATEWAY_REQUESTS_PER_MINUTE,
    submitAct: (command) => submitAct(temporal, command, randomUUID, (id) => readStatusOf(db, id)),
    status: {
      kafka,
      db: async () => db,
      pingTemporal: () => temporal.ping(),
      addresses: addressesOf(config),
    },
    pageFiles: await readPageFiles(config.CONSOLE_DIR),
    takesBusinessTime: config.CHAINLIGHT_CLOCK === 'stream',
    now,
    logger,
  });
  app.addHook('onClose', async () => {
    await Promise.all(loops.map((one) => one.stop()));
    webhookFollower.stop();
    await changes.close();
    await feed.close();
    await Promise.all([
      registry.close(),
      statements.close(),
      evidence.close(),
      findingActs.close(),
      samples.close(),
      intake.close(),
    ]);
    await registrar.close();
  });
  return app;
}
