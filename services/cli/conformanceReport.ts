import type { Conformance } from '../../schemas/api/conformance.ts';
import { ERRORS } from '../../schemas/errors.ts';
import { EVENT_TYPES } from '../../schemas/events/index.ts';
import type { Rehearsed } from '../ingest/index.ts';
import { coverageOf } from '../measurement/index.ts';
import { table } from './output.ts';

const CHECKED = 'sources, relations and what is stored already were looked up in the running stack';
const CHECKED_TOPIC =
  'sources and relations were looked up in the running stack; duplicates and conflicts inside the sample only';
const ASSUMED =
  'no running stack was found: the leader’s own sources and all its suppliers were taken as declared, and nothing as stored';

/** Puts what a rehearsal found into the words of an integrator. */
export function conformanceOf(
  leader: string,
  from: { readonly kind: 'file' | 'topic'; readonly name: string },
  { rehearsal, records, blankLines, truncated }: Rehearsed,
  hasRegistry: boolean,
): Conformance {
  const { counts, refusals, waitingFor, accepted, usable } = rehearsal;
  const share = (count: number): number => (records === 0 ? 0 : count / records);
  const isFile = from.kind === 'file';
  return {
    leader,
    sample: { ...from, records, blankLines, truncated },
    authority: {
      checked: hasRegistry ? 'registry' : 'assumed',
      note: !hasRegistry ? ASSUMED : isFile ? CHECKED : CHECKED_TOPIC,
    },
    verdicts: counts,
    judgedOnce: rehearsal.judgedOnce,
    acceptedShare: records === 0 ? null : share(counts.accepted + counts.duplicates),
    refusals: [...refusals]
      .sort(([a, { count: left }], [b, { count: right }]) => right - left || (a < b ? -1 : 1))
      .map(([code, { count, examples }]) => ({
        code,
        count,
        share: share(count),
        meaning: ERRORS[code].title,
        remedy: ERRORS[code].remedy,
        examples: examples.map(({ record, source, id, explanation }) => ({
          line: isFile ? record.offset : null,
          partition: isFile ? null : record.partition,
          offset: isFile ? null : record.offset,
          source,
          id,
          explanation,
        })),
      })),
    unknownSuppliers: [...waitingFor].flatMap(([missing, count]) => {
      const [buyer, uscc, provider] = missing.split('/');
      if (uscc === undefined || provider !== undefined) return [];
      const command = `relations add --leader ${buyer} --supplier ${uscc} --from <first day>`;
      return [{ uscc, records: count, command }];
    }),
    leaderUnknown: waitingFor.has(leader),
    eventTypes: [...accepted]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, count]) => ({ type, accepted: count })),
    kpis: coverageOf(usable).map(({ id, definition, computable, needs, missing }) => ({
      id,
      definition,
      computable,
      needs: [...needs],
      missing: [...missing],
      fromLeader: missing.filter((type) => EVENT_TYPES.get(type)?.statedBy.includes('chain')),
    })),
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The same for people. */
export function describeConformance(result: Conformance): string {
  const { sample, verdicts, refusals, unknownSuppliers, kpis } = result;
  const missing = kpis.filter((kpi) => !kpi.computable);
  return [
    `${sample.records} records of ${sample.name}${sample.truncated ? ' (there are more)' : ''}`,
    result.acceptedShare === null
      ? 'nothing to judge'
      : `${percent(result.acceptedShare)} would be accepted, or were before: ${verdicts.accepted} accepted, ${verdicts.duplicates} duplicates, ${verdicts.conflicts} conflicts, ${verdicts.rejected} rejected, ${verdicts.parked} waiting`,
    `(${result.authority.note})`,
    ...refusals.flatMap(({ code, count, share, meaning, remedy, examples }) => [
      '',
      `${code}: ${count} (${percent(share)}). ${meaning}.`,
      `  to mend it: ${remedy}`,
      ...examples.map(
        ({ line, partition, offset, id, explanation }) =>
          `  ${line === null ? `partition ${partition} offset ${offset}` : `line ${line}`}${id === null ? '' : ` (${id})`}: ${explanation}`,
      ),
    ]),
    ...(result.leaderUnknown
      ? ['', `The leader is not registered yet: leaders add --uscc ${result.leader} --name … --source …`]
      : []),
    ...(unknownSuppliers.length === 0
      ? []
      : [
          '',
          'Suppliers without a declared relation; what is said about them waits:',
          ...(result.judgedOnce === 0
            ? []
            : [
                `(${result.judgedOnce} of these records were too many to be judged once more: should the sample itself declare a relation later on, they would not wait; a smaller --sample tells)`,
              ]),
          table(
            ['supplier', 'records', 'to mend it'],
            unknownSuppliers.map(({ uscc, records, command }) => [uscc, records, command]),
          ),
        ]),
    '',
    `The event types are enough for ${kpis.length - missing.length} of ${kpis.length} KPIs${missing.length === 0 ? '.' : '; for the others these are missing:'}`,
    ...missing.map(
      (kpi) =>
        `  ${kpi.id}: ${kpi.missing.map((type) => (kpi.fromLeader.includes(type) ? type : `${type} (from the supplier or its platform)`)).join(', ')}`,
    ),
  ].join('\n');
}
