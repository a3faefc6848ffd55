import { coordinatesOf, eventOf, type SentEvent, type TopicRecord } from './topicRecord.ts';

/** What the product did with one record, as its chain tells it. */
export type GivenVerdict = 'accepted' | 'duplicates' | 'conflicts' | 'rejected' | 'parked';

export interface Judgement {
  /** Records without a verdict, or with one that the stream does not allow; events that nobody stored. */
  readonly lost: readonly string[];
  /** Identities that were accepted more than once. */
  readonly doubled: readonly string[];
  /** The event that won under each identity. */
  readonly accepted: ReadonlyMap<string, SentEvent>;
  readonly expected: Readonly<Record<GivenVerdict, number>>;
  /** What each record had to become in the end, by its coordinates. */
  readonly verdicts: ReadonlyMap<string, GivenVerdict>;
}

interface Copy {
  readonly record: TopicRecord;
  readonly event: SentEvent;
}

/**
 * Judges every record of the topics by the plain rule: garbage is rejected; of an identity's copies exactly one is
 * accepted, copies with its content are duplicates, the others conflicts. Where the copies stand in one partition and
 * none had to wait, the first must have won; otherwise any may have.
 * @param verdicts coordinates → the verdict that stands
 * @param mayWait whether a record may have been parked, so that later copies could overtake it
 */
export function judge(
  records: readonly TopicRecord[],
  verdicts: ReadonlyMap<string, GivenVerdict>,
  mayWait: (event: SentEvent) => boolean,
): Judgement {
  const lost: string[] = [];
  const doubled: string[] = [];
  const accepted = new Map<string, SentEvent>();
  const owed = new Map<string, GivenVerdict>();
  const expected = { accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, parked: 0 };
  const require = (record: TopicRecord, verdict: GivenVerdict): void => {
    expected[verdict]++;
    owed.set(coordinatesOf(record), verdict);
    const given = verdicts.get(coordinatesOf(record));
    if (given !== verdict) lost.push(`${coordinatesOf(record)}: ${given ?? 'no verdict'}, not ${verdict}`);
  };
  const copies = new Map<string, Copy[]>();
  for (const record of records) {
    const event = eventOf(record);
    if (event === null) require(record, 'rejected');
    else copies.set(event.identity, [...(copies.get(event.identity) ?? []), { record, event }]);
  }
  for (const [identity, group] of copies) {
    const winners = group.filter(({ record }) => verdicts.get(coordinatesOf(record)) === 'accepted');
    if (winners.length > 1) doubled.push(identity);
    const winner = mayWin(group, mayWait).find(({ record }) => winners.some((won) => won.record === record));
    if (winner === undefined) {
      lost.push(`${identity}: none of the copies that may win was accepted`);
      continue;
    }
    accepted.set(identity, winner.event);
    for (const { record, event } of group) {
      if (record === winner.record) require(record, 'accepted');
      else require(record, event.content === winner.event.content ? 'duplicates' : 'conflicts');
    }
  }
  return { lost, doubled, accepted, expected, verdicts: owed };
}

/** The copies that may have won: the first, unless another partition or a wait let others overtake it. */
function mayWin(group: readonly Copy[], mayWait: (event: SentEvent) => boolean): readonly Copy[] {
  const partitions = new Set(group.map(({ record }) => `${record.topic}/${record.partition}`));
  if (partitions.size > 1 || group.some(({ event }) => mayWait(event))) return group;
  const first = group.reduce<Copy | null>(
    (before, copy) => (before === null || copy.record.offset < before.record.offset ? copy : before),
    null,
  );
  return first === null ? [] : [first];
}

/** Identities that a standing correction takes back. A correction is taken back only by one stated after it. */
export function takenBack(accepted: Iterable<SentEvent>): ReadonlySet<string> {
  // From the last stated backwards: when a correction's turn comes, all that could take it back has had its own.
  const corrections = [...accepted]
    .filter((event) => event.type === 'correction.declared.v1')
    .sort((a, b) => b.timeMs - a.timeMs || (a.identity < b.identity ? 1 : -1));
  const place = new Map(corrections.map((correction, index) => [correction.identity, index]));
  const gone = new Set<string>();
  corrections.forEach((correction, index) => {
    const target = `${correction.source} ${String(correction.data.correctedId)}`;
    if (!gone.has(correction.identity) && (place.get(target) ?? Number.POSITIVE_INFINITY) > index)
      gone.add(target);
  });
  return gone;
}
