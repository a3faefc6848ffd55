import { createHash } from 'node:crypto';
import type { Db } from 'mongodb';
import type { Finding } from '../../../schemas/api/findings.ts';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { AUDIT_FRAME_COLUMNS, AUDIT_FRAME_TYPES, auditFrameRows } from '../domain/auditFrame.ts';
import type { Nominated } from '../domain/enrolment.ts';
import { factOf, text } from '../domain/facts.ts';
import { KPIS } from '../domain/kpis.ts';
import type { Participation } from '../domain/world.ts';
import { type Horizon, standingEvents, standingFacts } from './eventLog.ts';
import { readKpis } from './read.ts';
import { loadWorld } from './worldStore.ts';

/**
 * The accepted firms of some programmes (null: of all), as an audit draws from them.
 * @param isInside whether a nomination belongs to whoever draws
 */
export async function readAuditFrame(
  db: Db,
  programmes: readonly string[] | null,
  horizon: Horizon = {},
  isInside: (nominated: Nominated | undefined) => boolean = () => true,
) {
  const world = await loadWorld(db, horizon);
  const facts = await standingFacts(db, { types: AUDIT_FRAME_TYPES }, { ...horizon, asOf: world.asOf });
  const [turns] = KPIS;
  if (turns === undefined) throw new Error('there is no KPI');
  const isAudited = ({ programme, nominated }: Participation): boolean =>
    (programmes?.includes(programme) ?? true) && isInside(nominated);
  const rows = auditFrameRows(world, turns, facts, isAudited);
  return { asOf: world.asOf, columns: AUDIT_FRAME_COLUMNS, rows };
}

/** Types that tell how a firm went through its programme. */
const TIMELINE_TYPES = [...EVENT_TYPES.keys()].filter((type) =>
  /^(onboarding|subsidy|evidence|baseline)\./.test(type),
);

/**
 * What the record holds about each of some firms: its timeline, documents, baseline, figures and findings.
 * @param findings all that there are at that time
 */
export async function readWorkPapers(
  db: Db,
  usccs: readonly string[],
  horizon: Horizon,
  findings: readonly Finding[],
) {
  return Promise.all(
    usccs.map(async (uscc) => {
      const kpis = await readKpis(db, uscc, horizon);
      const events = (await standingEvents(db, { types: TIMELINE_TYPES, firm: uscc }, horizon)).sort(
        (a, b) => a.time.getTime() - b.time.getTime() || (a._id < b._id ? -1 : 1),
      );
      const { baseline } = kpis;
      return {
        uscc,
        name: kpis.name,
        timeline: events.map((event) => ({
          at: event.time.toISOString(),
          type: event.type,
          source: event._id.slice(0, event._id.indexOf(' ')),
          id: event._id.slice(event._id.indexOf(' ') + 1),
          topic: event.topic,
          partition: event.partition,
          offset: event.offset,
          hash: event.contentHash,
          isIntact: createHash('sha256').update(event.body).digest('hex') === event.contentHash,
        })),
        evidence: events.flatMap((event) => {
          const { data } = factOf(event);
          const number =
            ['contractNumber', 'planNumber', 'paymentNumber', 'documentNumber']
              .map((field) => text(data[field]))
              .find(Boolean) ?? '';
          const sha256 = text(data.sha256) || text(data.documentSha256) || null;
          if (number === '' && sha256 === null) return [];
          const kind = text(data.kind) || event.type;
          return [{ at: event.time.toISOString(), kind, number, sha256, eventId: event._id }];
        }),
        baseline:
          baseline === null
            ? null
            : {
                contractMonth: baseline.contractMonth,
                months: [...baseline.months],
                figuresSha256: baseline.figuresSha256,
              },
        kpis: KPIS.map((kpi) => {
          const improvement = kpis.improvement[kpi.id] as {
            value: number | null;
            before?: number | null;
            after?: number | null;
            reason?: string;
            figureId: string;
          };
          return {
            kpi: kpi.slug,
            before: improvement.before ?? null,
            after: improvement.after ?? null,
            change: improvement.value,
            reason: improvement.reason ?? null,
            figureId: improvement.figureId,
          };
        }),
        findings: findings
          .filter(({ entities }) => entities.includes(uscc))
          .map(({ id, severity, state, owner }) => ({ id, severity, state, owner })),
      };
    }),
  );
}
