import type { ActCommand, ActReceipt } from '../../schemas/api/acts.ts';
import type { AuditEntry } from '../../schemas/api/overview.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Db } from '../runtime/mongo.ts';
import type { ChangeFeed } from './adapters/changeFeed.ts';
import type { EvidenceDesk } from './adapters/evidenceDesk.ts';
import type { FindingActs } from './adapters/findingActs.ts';
import type { Intake } from './adapters/intake.ts';
import type { Invitations } from './adapters/invitations.ts';
import type { Issuer } from './adapters/issuer.ts';
import type { PageFeed } from './adapters/pageFeed.ts';
import type { PageFile } from './adapters/pageFiles.ts';
import type { Registry } from './adapters/registry.ts';
import type { Repetitions } from './adapters/repetitions.ts';
import type { SampleDesk } from './adapters/sampleDesk.ts';
import type { Sessions } from './adapters/sessions.ts';
import type { Statements } from './adapters/statements.ts';
import type { StatusDeps } from './adapters/status.ts';
import type { WebhookDesk } from './adapters/webhookStore.ts';
import type { ReadCache } from './reads/cache.ts';

/** What the HTTP interface works with; whoever made a part also closes it. */
export interface GatewayDeps {
  readonly issuer: Issuer;
  readonly sessions: Sessions;
  /** Address of the product as browsers know it; null: only by a loopback name. */
  readonly publicUrl: string | null;
  /** Whose word is taken for where a request comes from: addresses and networks. */
  readonly trustedProxies: readonly string[];
  /** Requests a minute of one person. */
  readonly requestsPerMinute: number;
  readonly db: Db;
  readonly cache: ReadCache;
  readonly registry: Registry;
  readonly statements: Statements;
  readonly evidence: EvidenceDesk;
  readonly invitations: Invitations;
  readonly findingActs: FindingActs;
  readonly samples: SampleDesk;
  readonly webhooks: WebhookDesk;
  readonly intake: Intake;
  readonly repetitions: Repetitions;
  /** Adds to the audit trail; resolves when it is durable. */
  readonly audit: (entry: Omit<AuditEntry, 'id' | 'at'>) => Promise<void>;
  readonly feed: PageFeed;
  readonly changes: ChangeFeed;
  readonly submitAct: (command: ActCommand) => Promise<ActReceipt>;
  readonly status: StatusDeps;
  readonly pageFiles: ReadonlyMap<string, PageFile>;
  /** Whether a caller may say when something became true (history that is replayed). */
  readonly takesBusinessTime: boolean;
  readonly now: () => Date;
  readonly logger: Logger;
}
