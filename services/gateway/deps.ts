import type { ActCommand, ActReceipt } from '../../schemas/api/acts.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Db } from '../runtime/mongo.ts';
import type { PageFeed } from './adapters/pageFeed.ts';
import type { PageFile } from './adapters/pageFiles.ts';
import type { Registry } from './adapters/registry.ts';
import type { StatusDeps } from './adapters/status.ts';

/** What the HTTP interface works with; whoever made a part also closes it. */
export interface GatewayDeps {
  readonly db: Db;
  readonly registry: Registry;
  readonly feed: PageFeed;
  readonly submitAct: (command: ActCommand) => Promise<ActReceipt>;
  readonly status: StatusDeps;
  readonly pageFiles: ReadonlyMap<string, PageFile>;
  /** Whether a caller may say when something became true (history that is replayed). */
  readonly takesBusinessTime: boolean;
  readonly logger: Logger;
}
