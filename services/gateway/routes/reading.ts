import type { FastifyInstance } from 'fastify';
import * as operations from '../../../schemas/api/operations/index.ts';
import { openApiDocument } from '../../../schemas/openApi.ts';
import { readStatus } from '../adapters/status.ts';
import type { GatewayDeps } from '../deps.ts';
import { readChainKpi, readReceiptsOf } from '../reads/chain.ts';
import { readChains } from '../reads/chainGains.ts';
import { readDeadLetter, readDeadLetters, readEvent, readIntake } from '../reads/events.ts';
import { listOnboardings, readBoard, readFunnel } from '../reads/onboardings.ts';
import { listConsents, readAuditTrail, visibleLeaders } from '../reads/people.ts';
import { listCities, listFindings, openFigure, readClaims, readNetwork } from '../reads/programme.ts';
import { compareWithChain, readDataConnection, readFigures, readSupplier } from '../reads/suppliers.ts';
import { serve } from '../serve.ts';

/** Everything that only reads. */
export function readingRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  const { feed, registry, status } = deps;
  const document = JSON.stringify(openApiDocument());
  serve(app, deps, operations.openApi, async () => document);
  serve(app, deps, operations.overview, async () => (await feed.current()).json);
  serve(app, deps, operations.status, () => readStatus(status));
  serve(app, deps, operations.auditTrail, ({ reads, query }) => readAuditTrail(reads, query));

  serve(app, deps, operations.listLeaders, async ({ reads }) =>
    visibleLeaders(reads, await registry.listLeaders()),
  );
  serve(app, deps, operations.listOnboardings, ({ reads, query }) => listOnboardings(reads, query));
  serve(app, deps, operations.board, ({ reads, query }) => readBoard(reads, query));
  serve(app, deps, operations.funnel, ({ reads, query }) => readFunnel(reads, query));

  serve(app, deps, operations.supplier, ({ reads, params }) => readSupplier(reads, params.uscc));
  serve(app, deps, operations.supplierFigures, ({ reads, params }) => readFigures(reads, params.uscc));
  serve(app, deps, operations.supplierComparison, ({ reads, params }) =>
    compareWithChain(reads, params.uscc),
  );
  serve(app, deps, operations.dataConnection, ({ reads, params }) => readDataConnection(reads, params.uscc));

  serve(app, deps, operations.listCities, ({ reads, query }) => listCities(reads, query));
  serve(app, deps, operations.chains, ({ reads }) => readChains(reads));
  serve(app, deps, operations.chainKpi, ({ reads, query }) => readChainKpi(reads, query));
  serve(app, deps, operations.listClaims, ({ reads }) => readClaims(reads));
  serve(app, deps, operations.explainFigure, ({ reads, query }) => openFigure(reads, query));
  serve(app, deps, operations.listFindings, ({ reads, query }) => listFindings(reads, query));
  serve(app, deps, operations.network, ({ reads, query }) => readNetwork(reads, query));

  serve(app, deps, operations.intakeHealth, ({ reads, query }) => readIntake(reads, status, query.leader));
  serve(app, deps, operations.listReceipts, ({ reads, query }) => readReceiptsOf(reads, query));
  serve(app, deps, operations.listDeadLetters, ({ reads, query }) => readDeadLetters(reads, query));
  serve(app, deps, operations.showDeadLetter, ({ reads, query }) => readDeadLetter(reads, query.id));
  serve(app, deps, operations.showEvent, ({ reads, query }) => readEvent(reads, query.source, query.id));
  serve(app, deps, operations.listConsents, ({ reads, query }) => listConsents(reads, query.supplier));
}
