import type { Bilingual } from './wording.ts';

/**
 * The one catalogue of error codes. HTTP problem documents, Temporal failure types, dead-letter reasons and the
 * exit codes of the command line are all derived from it; docs/errors.md is generated from it and kept current by a test.
 */

export interface ErrorEntry {
  /** HTTP status of the problem document. */
  readonly status: number;
  readonly title: string;
  /** Whether the same call may succeed later without being changed. */
  readonly retryable: boolean;
  /** What the reader should do next. */
  readonly remedy: string;
}

const entry = (status: number, title: string, remedy: string, retryable = false): ErrorEntry => ({
  status,
  title,
  remedy,
  retryable,
});

export const ERRORS = {
  // Why a record on a topic was not accepted (dead-letter reasons).
  NOT_JSON: entry(
    400,
    'The record is not valid JSON',
    'Send UTF-8 JSON; check that nothing truncated or re-encoded it.',
  ),
  NOT_UTF8: entry(
    400,
    'The record is not valid UTF-8',
    'Encode the record as UTF-8 without a byte-order mark.',
  ),
  BAD_ENVELOPE: entry(
    400,
    'The record is not a CloudEvents 1.0 event',
    'Send specversion 1.0 with id, source, type, time and data (and partitionkey, the USCC of the firm it is about), in structured or binary mode.',
  ),
  UNKNOWN_TYPE: entry(400, 'The event type is not known', 'Use one of the types listed in docs/events.md.'),
  INVALID_DATA: entry(
    400,
    'The data do not fit the schema of the type',
    'Mend the named field; the schema is in schemas/json.',
  ),
  BAD_CHECK_DIGIT: entry(
    400,
    'A unified social credit code has a wrong check digit',
    'Correct the code. If the registry of firms really shows it so, have a bureau (city or above) or an operator record that with the evidence (cli overrides record), and send again.',
  ),
  TIME_OUT_OF_RANGE: entry(
    400,
    'A date is in the future or absurdly far in the past, or a month is stated before it is over',
    'Send the time at which the fact became true, in UTC, not before 2000 and not after now; close a month on its last day or later.',
  ),
  NEGATIVE_STOCK: entry(
    400,
    'A stock is negative',
    'Post the missing receipts in the ERP, then send the close again under a new id.',
  ),
  PAYLOAD_TOO_LARGE: entry(
    413,
    'The record is larger than 1 MiB',
    'Send one fact per event; put files into evidence storage and refer to them.',
  ),
  RECORDS_COMPRESSED: entry(
    400,
    'The records of a batch cannot be told apart',
    'Send these records again in smaller batches: one holds at most 100,000 records and, unpacked, 32 MiB. The dead letter keeps the batch as it came.',
  ),
  NESTED_TOO_DEEP: entry(
    400,
    'The record is nested too deeply',
    'Send flat data; at most 32 levels are read.',
  ),
  NOT_AUTHORISED: entry(
    403,
    'This source may not state this event here',
    'Check the type, the source and the topic against the authority table in docs/events.md, and that the source is registered.',
  ),
  RELATION_ENDED: entry(
    403,
    'The relation between leader and supplier had ended by then',
    'Declare the relation anew if the firms trade again, then send the event under a new id.',
  ),
  DELEGATION_ENDED: entry(
    403,
    'The supplier no longer let this provider act for it by then',
    'Ask the supplier to delegate anew, then send the event under a new id with the time at which it is stated.',
  ),
  PARKED_ALTERED: entry(
    409,
    'The record was changed in the database while it waited',
    'Send the record again from the source system, under the same id; it is never redriven. Then find out who changed `parked`.',
  ),
  STATED_TOO_OFTEN: entry(
    422,
    'More was stated of one relation, or in correction of one event, than is kept',
    'A relation has room for 1,000 declarations and endings, an event for 1,000 corrections: find what sends them again and again under new ids.',
  ),
  CONFLICT: entry(
    409,
    'An event with the same source and id but other content was accepted before',
    'Never reuse an id; to change a fact send correction.declared with the old identity.',
  ),
  RELATION_UNKNOWN: entry(
    409,
    'The relation that this rests on is not declared yet, or the supplier has not let this provider act for it',
    'Declare the relation with relation.declared or `cli relations add`, or let the supplier delegate; the event is then released by itself.',
  ),

  // Findings about onboardings.
  LATE_AFTER_CLOSE: entry(
    409,
    'An event arrived after its onboarding was closed',
    'Review it; only an override with a reason reopens a closed onboarding.',
  ),
  PROVIDER_NOT_ENGAGED: entry(
    409,
    'A provider reported on an onboarding for which another was engaged',
    'Nothing follows from it. Ask who sent it; where the supplier did change its provider, reassign it or take in the signed contract.',
  ),
  SUPERFICIAL_COMPLETION: entry(
    409,
    'An accepted onboarding whose platform is not used',
    'Ask the supplier what stopped; a subsidy may have been paid for a system that stands idle.',
  ),
  BASELINE_CORRECTED: entry(
    409,
    'Data behind a frozen baseline changed later',
    'Compare both values; only an auditor may freeze the baseline anew.',
  ),

  // Findings about counts, money and figures.
  COUNTED_IN_TWO_CITIES: entry(
    409,
    'One firm takes part in two cities',
    'Leave it on one city’s list; the other city removes it.',
  ),
  COUNTED_IN_TWO_CHAINS: entry(
    409,
    'One firm was nominated by two chain leaders',
    'Agree whose result it is; withdraw the other nomination.',
  ),
  COUNTED_IN_TWO_BATCHES: entry(
    409,
    'One firm takes part in two batches of the programme',
    'Count it in the batch of its first contract only.',
  ),
  PILOT_ALSO_COPIED: entry(
    409,
    'A firm on the pilot list is also counted as copied',
    'Take it off one of the two lists.',
  ),
  COPIED_TWICE: entry(
    409,
    'One firm is said to have copied two sample firms',
    'Keep the sample firm whose solution it really uses.',
  ),
  SUBSIDIARY_COUNTED: entry(
    409,
    'A firm and the firm it belongs to are both counted',
    'Show that they were transformed apart, or count one.',
  ),
  CONTRACT_OUTSIDE_WINDOW: entry(
    409,
    'A contract was signed outside the window of its plan',
    'It does not count; correct the date if it is wrong.',
  ),
  CONTRACT_REUSED: entry(
    409,
    'One contract stands behind two projects',
    'Hand in the contract of each project.',
  ),
  INVOICE_REUSED: entry(
    409,
    'One invoice stands behind two projects',
    'Hand in the invoice of each project.',
  ),
  PAYMENT_REUSED: entry(
    409,
    'One payment stands behind two projects',
    'Hand in the payment of each project, or say how one was split.',
  ),
  FILE_REUSED: entry(
    409,
    'The same file was handed in for two projects, or as two different papers of one',
    'Hand in each document as its own file.',
  ),
  EVIDENCE_MISMATCHED: entry(
    409,
    'Contract, invoice and payment do not match',
    'Compare parties, amounts and dates; hand in what is missing.',
  ),
  ALREADY_FUNDED: entry(
    409,
    'A firm was subsidised in more than one programme',
    'Check whether both pay for the same thing; claim one back.',
  ),
  SUBSIDY_UNRESERVED: entry(
    409,
    'More subsidy was paid than was set aside',
    'Record the reservation, or claim the excess back.',
  ),
  SUBSIDY_STATED_TWICE: entry(
    409,
    'One number of a reservation, payment or claw-back was stated more than once',
    'Within one project the last statement counts; take the wrong one back with correction.declared.',
  ),
  SUBSIDY_CURRENCY: entry(
    409,
    'A subsidy was stated in another currency than CNY',
    'State it in CNY; until then it is in no sum.',
  ),
  CLAWBACK_EXCEEDS: entry(
    409,
    'More subsidy was claimed back than had been paid',
    'Record the payment that is missing, or correct the claw-back.',
  ),
  STOCK_REPORTED_TWICE: entry(
    409,
    'The same stock is reported by its owner and by who holds it',
    'Nothing is added; let owner and holder agree on the amount.',
  ),
  SNAPSHOT_CONFLICT: entry(
    409,
    'Two chains state different stocks of one supplier',
    'The supplier’s own ledger decides; ask the leaders for theirs.',
  ),
  CLOSED_TWICE: entry(
    409,
    'One month was closed twice with different figures',
    'The later close stands; correct the other with correction.declared.',
  ),
  PERIOD_REOPENED: entry(
    409,
    'A closed month was opened again and changed',
    'Both values are shown; publish the reason.',
  ),
  LEDGER_BROKEN: entry(
    409,
    'A month does not open with what the month before closed with',
    'Correct whichever of the two months is wrong.',
  ),
  MONTHS_MISSING: entry(
    409,
    'Months are missing between the first and the last that were reported',
    'Hand the months in; until then they are null.',
  ),
  CURRENCY_CHANGED: entry(
    409,
    'The currency of a ledger changed',
    'State the months in CNY; figures in other currencies are null.',
  ),
  STOCK_DISPLACED: entry(
    409,
    'A leader’s gain is its suppliers’ loss',
    'Judge the chain as a whole; only its gain is one.',
  ),
  FIGURE_RESTATED: entry(
    409,
    'A published figure has changed since',
    'Publish the restatement with its cause.',
  ),
  PUBLICATION_TOO_LARGE: entry(
    409,
    'The figures of a month are more than one publication holds',
    'Publish the levels that matter, as with `--levels province city district`.',
  ),
  LEVEL_INCONSISTENT: entry(
    409,
    'A rating on site states a level that its own sheet does not give',
    'Correct the rating; until then the lower of the two counts.',
  ),
  LEVEL_EDITIONS_DIFFER: entry(
    409,
    'Levels of different editions cannot be subtracted',
    'Compare assessments of one edition; show both side by side otherwise.',
  ),
  FINDING_NOT_OPEN: entry(
    409,
    'The finding does not take this act now',
    'A closed finding takes an appeal only; an open one takes replies and a closure.',
  ),
  WORK_PAPER_STATE: entry(
    409,
    'The work-paper does not take this act now',
    'Record every check before closing it; a closed one takes nothing but being opened again, with a reason.',
  ),
  FILE_NOT_TAKEN: entry(
    415,
    'The file is too large or of a type that is not taken as evidence',
    'Hand in a PDF, picture, office document or CSV of at most 20 MiB.',
  ),
  SIGNATURE_WRONG: entry(
    409,
    'A signature or hash does not fit what it signs',
    'Take the publication from the event log again; if it differs, somebody changed it.',
  ),

  // Use of commands and the HTTP interface.
  BAD_USAGE: entry(
    400,
    'The command or request is not understood',
    'See --help or the API document for what is expected.',
  ),
  BAD_INPUT: entry(422, 'The input does not fit', 'Mend what the message names and try again.'),
  NOT_FOUND: entry(
    404,
    'There is no such thing',
    'Check the identifier; list what exists with the matching list command.',
  ),
  UNAUTHENTICATED: entry(
    401,
    'Nobody is signed in',
    'Sign in, or send an access token of the configured issuer as `Authorization: Bearer …`.',
  ),
  FORBIDDEN: entry(
    403,
    'This sign-in may not do this',
    'Sign in with a role that may; docs/security.md lists who may do what.',
  ),
  METHOD_NOT_ALLOWED: entry(
    405,
    'This address does not take this method',
    'Use one of the methods that the header Allow names; the document is /api/openapi.json.',
  ),
  UNSUPPORTED_MEDIA_TYPE: entry(
    415,
    'The body is of a kind that is not read here',
    'Send the media type that /api/openapi.json names for this operation; application/json for most.',
  ),
  PRECONDITION_FAILED: entry(
    412,
    'What this rests on has changed since it was read',
    'Read it anew, look at what changed, and send the request with the new ETag in If-Match.',
  ),
  CROSS_SITE: entry(
    403,
    'The request does not come from the product’s own pages',
    'Send the header `x-chainlight: 1` from a page of the same origin, or use an access token instead of the cookie.',
  ),
  TOO_MANY_REQUESTS: entry(
    429,
    'Too many requests',
    'Wait as long as the header Retry-After says, then send it again.',
    true,
  ),
  CONSENT_REQUIRED: entry(
    403,
    'The supplier has not agreed to show this',
    'Ask the supplier for its consent; it can be limited to cost, revenue or stock and taken back at any time.',
  ),
  REASON_REQUIRED: entry(422, 'This act needs a reason', 'Give a reason of at least four characters.'),
  NOT_WAITING_FOR_THIS: entry(
    409,
    'The onboarding does not wait for this act',
    'Reload its state: somebody else may have acted, or a step before it is open.',
  ),
  SEPARATION_OF_DUTIES: entry(
    403,
    'This actor may not decide this matter',
    'Let somebody decide who is neither leader nor provider of this supplier, and neither took nor appealed the decision in question.',
  ),
  INVITATION_NOT_OPEN: entry(
    409,
    'The invitation has been used, was withdrawn or has run out',
    'Ask the one who invited for a new code.',
  ),
  ALREADY_CLOSED: entry(
    409,
    'The onboarding is closed',
    'Nothing more can be done on it; an override with a reason can reopen it.',
  ),

  // The machinery.
  SERVER_UNREACHABLE: entry(
    503,
    'A server cannot be reached',
    'Start the stack with `npm start`, or check the address in the environment.',
    true,
  ),
  SEARCH_ATTRIBUTES_MISSING: entry(
    500,
    'The Temporal namespace lacks search attributes',
    'Let somebody with the right to do so register those that are named, each as a Keyword: docs/operations.md.',
    false,
  ),
  MISSING_TOOL: entry(
    500,
    'A tool is missing on this machine',
    'Install it, or give the address of a running server, as the message says.',
  ),
  DOWNLOAD_FAILED: entry(
    502,
    'A program could not be downloaded',
    'Check the network and the package client named in the message, or give the address of a running server.',
    true,
  ),
  START_FAILED: entry(
    500,
    'A server or service did not start',
    'The message ends with the last lines of its log, which tell why.',
  ),
  LOCK_HELD: entry(
    409,
    'Another run holds this data folder',
    'End that run, or use another folder with CHAINLIGHT_DATA_DIR.',
    true,
  ),
  PLATFORM_UNAVAILABLE: entry(
    503,
    'The industrial internet platform does not answer',
    'It is retried by itself; check the platform if this lasts.',
    true,
  ),
  BASELINE_PENDING: entry(
    503,
    'A baseline is being frozen',
    'Nothing to do: the outcome is read once it is.',
    true,
  ),
  PLATFORM_REFUSED: entry(
    422,
    'The industrial internet platform refuses the request',
    'Read its message; mend the master data of the supplier.',
  ),
  KEPT_BYTES_ALTERED: entry(
    409,
    'Bytes that were kept are not what they were',
    'Run `cli verify`; restore the document or file from a backup, or have the sender send the record again.',
  ),
  DEAD_LETTER_UNWRITABLE: entry(
    503,
    'A dead letter could not be written',
    'Ingest has stopped without committing; mend the dead-letter topic or the database and restart it.',
    true,
  ),
  CHAIN_FENCED: entry(
    409,
    'Another ingest process owns this partition now',
    'Nothing to do: the batch is left to its owner.',
    true,
  ),
  TOPIC_CUT_BACK: entry(
    409,
    'A topic is not the one that ingest has read: it ends before the place reached, or holds another record there',
    'The topic was made anew or the broker lost records: restore it, or begin with a fresh database; nothing was judged.',
  ),
  INTERNAL: entry(
    500,
    'Something failed that should not',
    'Report it with the correlation id from the log.',
    true,
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/**
 * An expected failure with a code of the catalogue. Recognise it by `code` (see `isChainlightError`), never by class:
 * it may come from another process or another copy of this module.
 */
export class ChainlightError extends Error {
  readonly code: ErrorCode;
  /** The message in Chinese; null where the code's own words say all there is to say to a person. */
  readonly zh: string | null;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string | Bilingual,
    details: Record<string, unknown> = {},
    options?: { cause?: unknown },
  ) {
    super(typeof message === 'string' ? message : message.en, options);
    this.name = 'ChainlightError';
    this.code = code;
    this.zh = typeof message === 'string' ? null : message.zh;
    this.details = details;
  }
}

/** Whether `error` carries a code of the catalogue, whatever process or module copy it came from. */
export function isChainlightError(error: unknown): error is ChainlightError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code in ERRORS;
}
