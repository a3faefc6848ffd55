import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Db } from 'mongodb';
import type {
  DiscardCommand,
  DiscardResult,
  RedriveCommand,
  RedriveResult,
} from '../../../schemas/api/deadLetters.ts';
import type { Envelope } from '../../../schemas/envelope.ts';
import { ERRORS, isChainlightError } from '../../../schemas/errors.ts';
import { ACTS } from '../../../schemas/topics.ts';
import { waitUntilAllStored } from '../../runtime/confirm.ts';
import {
  type DeadLetter,
  deadLetterActsOf,
  deadLettersOf,
  REDRIVE_HEADER,
  readRecord,
} from '../../runtime/deadLetterStore.ts';
import {
  groupHeaders,
  headerText,
  type KafkaClient,
  type OutgoingRecord,
  type Producer,
  send,
  sendOne,
} from '../../runtime/kafka.ts';
import { offsetsOf, readRanges } from '../../runtime/kafkaRead.ts';
import { deadLetterDiscarded, deadLetterRedriven } from '../domain/deadLetterEvents.ts';

import { type Claim, type ClaimOutcome, finishClaim, releaseClaim, takeClaim } from './deadLetterClaims.ts';
import { filterOf, findDeadLetter, requireKnownLeader } from './deadLetters.ts';

export interface DeadLetterDeps {
  readonly db: Db;
  readonly kafka: KafkaClient;
  readonly producer: Producer;
  readonly now: () => Date;
  /** How long to wait for ingest to store the acts, all of them together. */
  readonly confirmTimeoutMs: number;
  /** Takes a line now and then on how far it is. */
  readonly progress?: (line: string) => void;
}

const PROGRESS_EVERY = 100;

interface Coordinates {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Sends refused records again, byte for byte, to the partition they came from; there each gets a verdict of its own. A
 * letter is sent once: it is claimed first, and whoever finds the claim of somebody who was interrupted looks for the
 * record in the topic before sending it.
 * @throws ChainlightError NOT_FOUND when a named letter, or the leader that is asked for, does not exist; nothing is sent then
 */
export async function redriveDeadLetters(
  deps: DeadLetterDeps,
  command: RedriveCommand,
): Promise<RedriveResult> {
  const ids = await chosenIds(deps.db, command);
  const result: RedriveResult = { dryRun: command.dryRun, matched: ids.length, redriven: [], skipped: [] };
  const stated: { readonly id: string; readonly to: Coordinates; readonly event: Envelope }[] = [];
  for (const [done, id] of ids.entries()) {
    tellDone(deps, done, ids.length);
    const letter = await findDeadLetter(deps.db, id);
    const because = (await whyClosed(deps.db, id)) ?? whyUnfit(letter);
    if (because !== null) result.skipped.push({ id, because });
    else if (command.dryRun) result.redriven.push({ id, to: null, event: null, confirmed: false });
    else {
      const outcome = await underClaim(
        deps,
        letter,
        { kind: 'redrive', actor: command.by, why: null },
        redrive,
      ).catch(unlessAltered);
      if ('because' in outcome) result.skipped.push({ id, because: outcome.because });
      else stated.push({ id, ...outcome });
    }
  }
  const stored = await confirmedOf(deps, stated);
  for (const { id, to, event } of stated)
    result.redriven.push({ id, to, event: event.id, confirmed: stored.has(event) });
  return result;
}

/**
 * Marks refused records as of no use; they are kept, with who said so and why.
 * @throws ChainlightError NOT_FOUND when a named letter, or the leader that is asked for, does not exist; nothing is marked then
 */
export async function discardDeadLetters(
  deps: DeadLetterDeps,
  command: DiscardCommand,
): Promise<DiscardResult> {
  const ids = await chosenIds(deps.db, command);
  const result: DiscardResult = { matched: ids.length, discarded: [], skipped: [] };
  const stated: { readonly id: string; readonly event: Envelope }[] = [];
  for (const [done, id] of ids.entries()) {
    tellDone(deps, done, ids.length);
    const letter = await findDeadLetter(deps.db, id);
    const because = await whyClosed(deps.db, id);
    if (because !== null) {
      result.skipped.push({ id, because });
      continue;
    }
    const wanted = { kind: 'discard', actor: command.by, why: command.why } as const;
    const outcome = await underClaim(deps, letter, wanted, discard);
    if ('because' in outcome) result.skipped.push({ id, because: outcome.because });
    else stated.push({ id, ...outcome });
  }
  const stored = await confirmedOf(deps, stated);
  for (const { id, event } of stated)
    result.discarded.push({ id, event: event.id, confirmed: stored.has(event) });
  return result;
}

function tellDone({ progress }: DeadLetterDeps, done: number, total: number): void {
  if (done > 0 && done % PROGRESS_EVERY === 0) progress?.(`${done} of ${total} dead letters gone through`);
}

/** The acts that ingest has stored by the deadline of the whole command. */
async function confirmedOf(
  deps: DeadLetterDeps,
  stated: readonly { readonly event: Envelope }[],
): Promise<ReadonlySet<Envelope>> {
  let told = -1;
  const events = stated.map(({ event }) => event);
  return waitUntilAllStored(deps.db, events, deps.confirmTimeoutMs, (stored) => {
    if (stored !== told) deps.progress?.(`${stored} of ${events.length} acts stored by ingest`);
    told = stored;
  });
}

async function redrive(
  deps: DeadLetterDeps,
  letter: DeadLetter,
  { claim, resumed }: Extract<ClaimOutcome, { kind: 'taken' }>,
): Promise<{ readonly to: Coordinates; readonly event: Envelope }> {
  const record = await recordOf(deps.db, letter);
  const sent = resumed ? await findRedriven(deps.kafka, letter, record, claim.endBefore) : null;
  const to = sent ?? (await sendOne(deps.producer, letter.topic, record));
  const event = deadLetterRedriven(letter, claim, to);
  await stateAct(deps.producer, event);
  return { to, event };
}

async function discard(
  deps: DeadLetterDeps,
  letter: DeadLetter,
  { claim }: Extract<ClaimOutcome, { kind: 'taken' }>,
): Promise<{ readonly event: Envelope }> {
  const event = deadLetterDiscarded(letter, claim);
  await stateAct(deps.producer, event);
  return { event };
}

/** Does the work while holding the letter; lets go of it when the work fails. */
async function underClaim<Done>(
  deps: DeadLetterDeps,
  letter: DeadLetter,
  wanted: Pick<Claim, 'kind' | 'actor' | 'why'>,
  work: (
    deps: DeadLetterDeps,
    letter: DeadLetter,
    taken: Extract<ClaimOutcome, { kind: 'taken' }>,
  ) => Promise<Done>,
): Promise<Done | { readonly because: string }> {
  const end = (await offsetsOf(deps.kafka, letter.topic)).find((one) => one.partition === letter.partition);
  const at = deps.now();
  const claim = { ...wanted, at, endBefore: end?.to ?? 0, holder: randomUUID() };
  const outcome = await takeClaim(deps.db, letter, claim, at);
  if (outcome.kind === 'refused') return { because: outcome.because };
  try {
    const done = await work(deps, letter, outcome);
    await finishClaim(deps.db, outcome.claim);
    return done;
  } catch (error) {
    // The next one may look how far this came.
    await releaseClaim(deps.db, outcome.claim, deps.now());
    throw error;
  }
}

/** The record as it came, marked with the letter it was; marks of an earlier redriving are replaced. */
async function recordOf(db: Db, letter: DeadLetter): Promise<OutgoingRecord> {
  const { key, headers, value } = await readRecord(db, letter);
  const own = headers.filter(([name]) => name.toLowerCase() !== REDRIVE_HEADER);
  return {
    key,
    value,
    headers: groupHeaders([...own, [REDRIVE_HEADER, Buffer.from(letter._id)]]),
    partition: letter.partition,
  };
}

/** Where a letter's record already stands. Whoever may write to the topic can set the mark: every byte must be the record's. */
async function findRedriven(
  kafka: KafkaClient,
  letter: DeadLetter,
  { key, value, headers }: OutgoingRecord,
  from: number,
): Promise<Coordinates | null> {
  const { topic, partition } = letter;
  const ranges = (await offsetsOf(kafka, topic))
    .filter((range) => range.partition === partition)
    .map((range) => ({ ...range, from: Math.max(from, range.from) }));
  const own = { key, value, headers: { ...headers } };
  let found: Coordinates | null = null;
  await readRanges(kafka, topic, ranges, (_, message) => {
    if (headerText(message, REDRIVE_HEADER) !== letter._id) return;
    const { key, value, headers } = message;
    if (!isDeepStrictEqual({ key, value, headers: { ...headers } }, own)) return;
    found ??= { topic, partition, offset: Number(message.offset) };
  });
  return found;
}

async function stateAct(producer: Producer, event: Envelope): Promise<void> {
  const headers = { 'content-type': 'application/cloudevents+json' };
  await send(producer, ACTS, [{ key: event.partitionkey ?? null, value: JSON.stringify(event), headers }]);
}

/**
 * Why the bytes of a letter are no record that could be sent again. What was changed while it waited is not what its sender said, and
 * must not be sent in its name.
 */
function whyUnfit({ reason }: DeadLetter): string | null {
  switch (reason) {
    case 'PARKED_ALTERED':
      return `${reason}: its bytes are not what was sent; have the sender send the record again`;
    case 'RECORDS_COMPRESSED':
      return `${reason}: its bytes are a whole batch; have the sender send its records again`;
    default:
      return null;
  }
}

/** A letter whose bytes were changed is left alone; the others go on. */
function unlessAltered(error: unknown): { readonly because: string } {
  if (!isChainlightError(error) || error.code !== 'KEPT_BYTES_ALTERED') throw error;
  return { because: `${error.code}: ${error.message}; ${ERRORS[error.code].remedy}` };
}

async function whyClosed(db: Db, id: string): Promise<string | null> {
  const act = await deadLetterActsOf(db).findOne({ _id: id });
  return act === null ? null : `${act.actor} has ${act.state} it at ${act.at.toISOString()}`;
}

/** The named letters, or the open ones that the filters choose, in the order in which they came. */
async function chosenIds(db: Db, command: Omit<RedriveCommand, 'by' | 'dryRun'>): Promise<string[]> {
  if (command.ids.length > 0) {
    for (const id of command.ids) await findDeadLetter(db, id);
    return [...new Set(command.ids)];
  }
  const chosen = await deadLettersOf(db)
    .aggregate<{ _id: string }>(
      [
        { $match: filterOf(command) },
        { $project: { topic: 1, partition: 1, offset: 1 } },
        { $lookup: { from: 'dead_letter_acts', localField: '_id', foreignField: '_id', as: 'acts' } },
        { $match: { acts: [] } },
        { $sort: { topic: 1, partition: 1, offset: 1 } },
        { $project: { _id: 1 } },
      ],
      { allowDiskUse: true },
    )
    .toArray();
  if (chosen.length === 0 && command.leader !== undefined) await requireKnownLeader(db, command.leader);
  return chosen.map(({ _id }) => _id);
}
