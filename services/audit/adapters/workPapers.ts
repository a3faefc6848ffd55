import type { Db } from 'mongodb';
import type { Actor } from '../../../schemas/events/acts.ts';
import {
  auditCheckRecorded,
  auditFileAttached,
  auditPaperReopened,
  auditResultRecorded,
} from '../../../schemas/events/audit.ts';
import { dataOf, eventsOf } from '../../runtime/eventStore.ts';
import { type ActRecord, recordAct } from '../../runtime/recordAct.ts';
import type { AuditorResult } from '../domain/draw.ts';
import { type PaperAct, type PaperCommand, type PaperState, paperOf } from '../domain/workPaper.ts';
import { AUDIT_SOURCE, type Drawn, type SampleDeps } from './samples.ts';

/** The event that records each act; its id begins with the name. */
const ACTS = {
  checked: { name: 'check', definition: auditCheckRecorded },
  attached: { name: 'file', definition: auditFileAttached },
  closed: { name: 'result', definition: auditResultRecorded },
  reopened: { name: 'reopened', definition: auditPaperReopened },
} as const satisfies Record<PaperCommand['kind'], unknown>;
const KINDS = new Map<string, PaperCommand['kind']>([
  [auditCheckRecorded.type, 'checked'],
  [auditFileAttached.type, 'attached'],
  [auditResultRecorded.type, 'closed'],
  [auditPaperReopened.type, 'reopened'],
]);

/** Records an act on a work-paper. @param actId tells acts apart; the same id again records nothing new */
export async function recordPaperAct(
  deps: SampleDeps & { readonly actId: string },
  paper: { readonly drawId: string; readonly uscc: string },
  command: PaperCommand,
  actor: Actor,
): Promise<ActRecord> {
  const { name, definition } = ACTS[command.kind];
  const { kind: _, ...said } = command;
  const fields = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null));
  return recordAct(deps, {
    source: AUDIT_SOURCE,
    id: `${name}/${paper.drawId}/${paper.uscc}/${deps.actId}`,
    type: definition.type,
    time: deps.now().toISOString(),
    partitionkey: paper.uscc,
    data: definition.data.parse({ drawId: paper.drawId, supplierUscc: paper.uscc, ...fields, actor }),
  });
}

/** Records results as auditors hand them in for many firms at once. */
export async function recordResults(
  deps: SampleDeps & { readonly actId: string },
  drawId: string,
  results: readonly AuditorResult[],
  actor: Actor,
): Promise<boolean> {
  const sent = await Promise.all(
    results.map(({ uscc, result, comment }) =>
      recordPaperAct(deps, { drawId, uscc }, { kind: 'closed', result, comment }, actor),
    ),
  );
  return sent.every(({ confirmed }) => confirmed);
}

/** Whether an act of that id is on record already: who sends it again wants its answer, not a second act. */
export async function knownPaperAct(
  db: Db,
  kind: PaperCommand['kind'],
  { drawId, uscc }: { readonly drawId: string; readonly uscc: string },
  actId: string,
): Promise<ActRecord | null> {
  const id = `${ACTS[kind].name}/${drawId}/${uscc}/${actId}`;
  const stored = await eventsOf(db).findOne({ _id: `${AUDIT_SOURCE} ${id}` }, { projection: { _id: 1 } });
  return stored === null ? null : { source: AUDIT_SOURCE, id, confirmed: true };
}

/** The work-papers of a draw, one a drawn firm, as their acts have left them; the latest act stands, by business time, then by id. */
export async function readPapers(
  db: Db,
  draw: Pick<Drawn, 'drawId' | 'drawn' | 'mustInclude'>,
): Promise<Map<string, PaperState>> {
  const firms = [...draw.drawn, ...draw.mustInclude].sort();
  const stored = await eventsOf(db)
    .find({ type: { $in: [...KINDS.keys()] as never[] }, firm: { $in: firms } })
    .sort({ time: 1, _id: 1 })
    .toArray();
  const acts = new Map<string, PaperAct[]>(firms.map((uscc) => [uscc, []]));
  for (const event of stored) {
    const { drawId, supplierUscc, ...said } = dataOf<Record<string, unknown>>(event);
    if (drawId !== draw.drawId) continue;
    const act = {
      comment: null,
      ...said,
      kind: KINDS.get(event.type),
      at: event.time.toISOString(),
    } as unknown as PaperAct;
    acts.get(String(supplierUscc))?.push(act);
  }
  return new Map([...acts].map(([uscc, own]) => [uscc, paperOf(own)]));
}

/** The results that stand. */
export const resultsOf = (papers: ReadonlyMap<string, PaperState>): Map<string, 'sound' | 'faulty'> =>
  new Map([...papers].flatMap(([uscc, { result }]) => (result === null ? [] : [[uscc, result] as const])));
