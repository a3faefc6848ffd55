import { hash } from 'node:crypto';
import type { z } from 'zod';
import { type Acceptance, compileAcceptance } from '../../../schemas/acceptance.ts';
import { type WrongCheckDigit, wrongCheckDigits } from '../../../schemas/checkDigits.ts';
import { Envelope, identityOf } from '../../../schemas/envelope.ts';
import type { ErrorCode } from '../../../schemas/errors.ts';
import { ERRORS } from '../../../schemas/errors.ts';
import { EVENT_TYPES, type EventDefinition, type EventType } from '../../../schemas/events/index.ts';
import { judgeUscc } from '../../../schemas/ids.ts';
import { issuesInLine, issuesInWords } from '../../../schemas/issues.ts';
import { readSource, type Source } from '../../../schemas/sources.ts';
import { addMonths, DAY_MS, dateOf, periodOf, startOfPeriod } from '../../../schemas/time.ts';
import { type Bilingual, bilingual } from '../../../schemas/wording.ts';
import { canonicalJson } from './canonicalJson.ts';
import type { JsonObject } from './decode.ts';
import { accept, type Result, refuse } from './record.ts';

/** Tolerated difference between the sender's clock and ours. */
const CLOCK_SKEW_MS = 5 * 60_000;
/** Faults that a refusal names. */
export const MAX_FAULTS = 5;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const EARLIEST_DATE = '2000-01-01';

/** An event whose form and content are right; who may say it is another question. */
export interface ValidEvent {
  readonly identity: string;
  readonly source: Source;
  readonly definition: EventDefinition;
  readonly type: EventType;
  readonly time: Date;
  readonly firm: string | null;
  readonly period: string;
  readonly correlationId: string;
  readonly data: JsonObject;
  /** Codes with a wrong check digit: acceptable only while the registry of firms is known to hold them so. */
  readonly deviating: readonly WrongCheckDigit[];
  /** The whole event as canonical JSON (RFC 8785). */
  readonly body: string;
  /** SHA-256 of `body`, hex. */
  readonly contentHash: string;
}

/** SHA-256 as 64 hex digits. */
export const sha256 = (text: string): string => hash('sha256', text, 'hex');

const isEnvelope = compileAcceptance(Envelope);
const acceptances = new Map<EventDefinition, Acceptance | null>();

function acceptanceOf(definition: EventDefinition): Acceptance | null {
  const known = acceptances.get(definition);
  if (known !== undefined) return known;
  const compiled = compileAcceptance(definition.data);
  acceptances.set(definition, compiled);
  return compiled;
}

/** Parses; a value that is valid as it came is taken as it is, all others are the schema's to judge and to explain. */
function parseQuickly<Schema extends z.ZodType>(
  schema: Schema,
  accepts: Acceptance | null,
  value: unknown,
): z.ZodSafeParseResult<z.infer<Schema>> {
  if (accepts?.(value)) return { success: true, data: value as z.infer<Schema> };
  return schema.safeParse(value);
}

/** A refusal after the data were read says which of their codes have a wrong check digit: that is told first. */
export type Validated = Result<ValidEvent> & { readonly deviating?: readonly WrongCheckDigit[] };

/**
 * Judges a decoded event: envelope, type, data, dates.
 * @param now recording time; nothing may lie after it (five minutes of clock skew apart)
 */
export function validate(decoded: JsonObject, now: Date): Validated {
  const known = {
    source: textOf(decoded.source),
    id: textOf(decoded.id),
    type: textOf(decoded.type),
  };
  const envelope = parseQuickly(Envelope, isEnvelope, decoded);
  if (!envelope.success) {
    return refuse('BAD_ENVELOPE', faultsOf(Envelope, decoded, envelope.error), known);
  }
  const event = envelope.data;
  const definition = EVENT_TYPES.get(event.type);
  if (definition === undefined)
    return refuse(
      'UNKNOWN_TYPE',
      bilingual(`no event type ${event.type} is known`, `没有数据类型 ${event.type}`),
      known,
    );

  const reading = readSource(event.source);
  if ('problem' in reading) {
    return refuse(
      'NOT_AUTHORISED',
      bilingual(
        `source ${event.source} has none of the known shapes`,
        `来源 ${event.source} 不是任何一种已知的写法`,
      ),
      known,
    );
  }

  const data = parseQuickly(definition.data, acceptanceOf(definition), event.data);
  if (!data.success)
    return refuse(codeOf(data.error), faultsOf(definition.data, event.data, data.error, 'data'), known);
  const fields = data.data as JsonObject;
  const deviating = deviatingIn(reading.source, definition, fields);

  const timeMs = Date.parse(event.time);
  const outOfRange = findOutOfRange(timeMs, definition, fields, now);
  if (outOfRange !== null) return { ...refuse('TIME_OUT_OF_RANGE', outOfRange, known), deviating };

  const firm = definition.about === null ? null : (textOf(fields[definition.about]) ?? null);
  if (firm !== null && event.partitionkey !== undefined && event.partitionkey !== firm) {
    const said = bilingual(
      `partitionkey ${event.partitionkey} is not the firm the event is about (${firm})`,
      `partitionkey ${event.partitionkey} 不是数据所属的企业（${firm}）`,
    );
    return { ...refuse('BAD_ENVELOPE', said, known), deviating };
  }
  if (event.dataschema !== undefined && !namesType(event.dataschema, event.type)) {
    const said = bilingual(
      `dataschema ${event.dataschema} does not name the type ${event.type}`,
      `dataschema ${event.dataschema} 与数据类型 ${event.type} 不一致`,
    );
    return { ...refuse('BAD_ENVELOPE', said, known), deviating };
  }

  const body = canonicalJson({ ...event, data: fields });
  return accept({
    identity: identityOf(event.source, event.id),
    source: reading.source,
    definition,
    type: definition.type as EventType,
    time: new Date(timeMs),
    firm,
    period: textOf(fields.period) ?? periodOf(new Date(timeMs)),
    correlationId: event.correlationid ?? event.id,
    data: fields,
    deviating,
    body,
    contentHash: sha256(body),
  });
}

/** What our own programs say rests on events that were let in, and is not to be refused when an override ends meanwhile. */
function deviatingIn(
  source: Source,
  definition: EventDefinition,
  data: JsonObject,
): readonly WrongCheckDigit[] {
  if (source.class === 'system') return [];
  const inData = wrongCheckDigits(definition.data, data).map(({ field, uscc }) => ({
    field: `data.${field}`,
    uscc,
  }));
  const isSpeakerWrong = 'uscc' in source && judgeUscc(source.uscc) !== 'valid';
  return isSpeakerWrong ? [{ field: 'source', uscc: source.uscc }, ...inData] : inData;
}

const inFuture = (field: string, value: string): Bilingual =>
  bilingual(`${field}: ${value} lies in the future`, `${field}：${value} 在将来`);
const before2000 = (field: string, value: string): Bilingual =>
  bilingual(`${field}: ${value} lies before 2000`, `${field}：${value} 早于 2000 年`);

function findOutOfRange(
  timeMs: number,
  definition: EventDefinition,
  data: JsonObject,
  now: Date,
): Bilingual | null {
  if (timeMs > now.getTime() + CLOCK_SKEW_MS) return inFuture('time', new Date(timeMs).toISOString());
  if (timeMs < EARLIEST_MS) return before2000('time', new Date(timeMs).toISOString());
  const today = lastDayOf(now);
  for (const field of definition.factDates) {
    const value = textOf(data[field]);
    if (value === undefined) continue;
    const comparable = value.includes('T') ? dateOf(new Date(value)) : value;
    if (comparable > today.slice(0, comparable.length)) return inFuture(`data.${field}`, value);
    if (comparable < EARLIEST_DATE.slice(0, comparable.length)) return before2000(`data.${field}`, value);
  }
  return findUnfinishedMonth(timeMs, definition, data);
}

/**
 * A statement about a month cannot be older than the month, and a month's books cannot be closed before its last day
 * (Asia/Shanghai): half a month's figures would stand as a whole one's.
 */
function findUnfinishedMonth(
  timeMs: number,
  definition: EventDefinition,
  data: JsonObject,
): Bilingual | null {
  const period = textOf(data.period);
  if (period === undefined || !definition.factDates.includes('period')) return null;
  const isClosing = definition.type.includes('.closed.');
  if (timeMs >= earliestOf(period, isClosing)) return null;
  const stated = dateOf(new Date(timeMs));
  return isClosing
    ? bilingual(
        `data.period: ${period} is closed by an event of ${stated}, before its last day`,
        `data.period：${period} 在 ${stated} 结账，早于当月最后一天`,
      )
    : bilingual(
        `data.period: ${period} lies after the event's own time (${stated})`,
        `data.period：${period} 晚于数据本身的时间（${stated}）`,
      );
}

/** There are some thousand months; each is worked out once. */
const earliest = new Map<string, number>();
function earliestOf(period: string, isClosing: boolean): number {
  const key = isClosing ? `${period} closed` : period;
  let earliestMs = earliest.get(key);
  if (earliestMs === undefined) {
    earliestMs = isClosing
      ? startOfPeriod(addMonths(period, 1)).getTime() - DAY_MS
      : startOfPeriod(period).getTime();
    earliest.set(key, earliestMs);
  }
  return earliestMs;
}

let lastDay = { nowMs: Number.NaN, date: '' };
/** The last day that a fact may have; a batch is judged at one instant, so it is worked out once for all of them. */
function lastDayOf(now: Date): string {
  const nowMs = now.getTime();
  if (lastDay.nowMs !== nowMs) lastDay = { nowMs, date: dateOf(new Date(nowMs + CLOCK_SKEW_MS)) };
  return lastDay.date;
}

/** The most telling code among the issues: a schema may mark an issue with the code of the catalogue it stands for. */
function codeOf(error: z.ZodError): ErrorCode {
  for (const issue of error.issues) {
    const marked = issue.code === 'custom' ? issue.params?.code : undefined;
    if (typeof marked === 'string' && marked in ERRORS) return marked as ErrorCode;
  }
  return 'INVALID_DATA';
}

/** The first few faults that a schema finds, in one line. */
function faultsOf(schema: z.ZodType, value: unknown, error: z.ZodError, ...prefix: string[]): Bilingual {
  return issuesInLine(issuesInWords(schema, value, error).slice(0, MAX_FAULTS), prefix);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 300) : undefined;
}

/** Whether a schema's address holds the type's name, and not the name of a later version that begins so. */
const namesType = (dataschema: string, type: string): boolean =>
  dataschema
    .split(type)
    .slice(1)
    .some((rest) => !/^\d/.test(rest));
