import { createHash } from 'node:crypto';
import type { Invitation, InvitationState } from '../../../schemas/api/invitations.ts';
import type { Tenancy } from '../../../schemas/tenancy.ts';
import type { ConsentEvent } from './consents.ts';

interface Said {
  readonly timeMs: number;
  /** Identity of the event; it decides between two of the same instant. */
  readonly identity: string;
  readonly by: { readonly subject: string; readonly name: string };
}
interface Declined extends Said {
  readonly codeHash: string;
  readonly because: NonNullable<Invitation['declinedBecause']>;
}
interface Issue extends Said {
  readonly codeHash: string;
  readonly expiresAtMs: number;
}

/** What was said about one invitation; collection `invitations`. It is a function of the set of events, not of their order. */
export interface InvitationDocument {
  readonly _id: string;
  readonly supplierUscc: string;
  readonly issuer: string | null;
  readonly programme: string | null;
  readonly platform: string | null;
  /** Every code it was given, oldest first; the last one holds. */
  readonly issues: readonly Issue[];
  readonly withdrawn: Said | null;
  readonly accepted: (Said & { readonly codeHash: string }) | null;
  /** By whom it was declined, each code once, oldest first; absent where it never was. */
  readonly declined?: readonly Declined[];
  /** Whom it lets act for the firm. */
  readonly member: string | null;
}

export const INVITATION_TYPES: readonly string[] = [
  'invitation.issued.v1',
  'invitation.resent.v1',
  'invitation.withdrawn.v1',
  'invitation.accepted.v1',
  'invitation.declined.v1',
];

const compare = (a: Said, b: Said): number =>
  a.timeMs - b.timeMs || (a.identity < b.identity ? -1 : a.identity > b.identity ? 1 : 0);
const earlier = <One extends Said>(before: One | null, next: One): One =>
  before === null || compare(next, before) < 0 ? next : before;

/** Takes in one event. The same set of events gives the same document in whatever order they come. */
export function addToInvitation(before: InvitationDocument | null, event: ConsentEvent): InvitationDocument {
  const { data } = event;
  const by = (data.acceptedBy ?? data.declinedBy ?? data.decidedBy) as Said['by'];
  const said: Said = {
    timeMs: event.time.getTime(),
    identity: event.identity,
    by: { subject: by.subject, name: by.name },
  };
  const document: InvitationDocument = before ?? {
    _id: String(data.invitationId),
    supplierUscc: String(data.supplierUscc),
    issuer: null,
    programme: null,
    platform: null,
    issues: [],
    withdrawn: null,
    accepted: null,
    member: null,
  };
  return withMember(take(document, event, said));
}

function take(document: InvitationDocument, { type, data }: ConsentEvent, said: Said): InvitationDocument {
  const codeHash = String(data.codeHash);
  switch (type) {
    case 'invitation.withdrawn.v1':
      return { ...document, withdrawn: earlier(document.withdrawn, said) };
    case 'invitation.accepted.v1':
      return { ...document, accepted: earlier(document.accepted, { ...said, codeHash }) };
    case 'invitation.declined.v1': {
      const because = data.because as Declined['because'];
      const others = (document.declined ?? []).filter(({ identity }) => identity !== said.identity);
      return { ...document, declined: [...others, { ...said, codeHash, because }].sort(compare) };
    }
    default: {
      const issue: Issue = { ...said, codeHash, expiresAtMs: Date.parse(String(data.expiresAt)) };
      const others = document.issues.filter(({ identity }) => identity !== said.identity);
      const issues = [...others, issue].sort(compare);
      if (type !== 'invitation.issued.v1') return { ...document, issues };
      const { issuer, programme = null, platform = null } = data as Record<string, string | undefined>;
      return { ...document, issues, issuer: issuer ?? null, programme, platform };
    }
  }
}

const withMember = (document: InvitationDocument): InvitationDocument => ({
  ...document,
  member: isTaken(document) && document.withdrawn === null ? (document.accepted?.by.subject ?? null) : null,
});

/** Whether it was accepted by the code that held at that moment, in time, before it was withdrawn and before that code was declined. */
function isTaken({ accepted, issues, withdrawn, declined = [] }: InvitationDocument): boolean {
  if (accepted === null) return false;
  if (declined.some((one) => one.codeHash === accepted.codeHash && compare(one, accepted) < 0)) return false;
  if (withdrawn !== null && compare(withdrawn, accepted) < 0) return false;
  const held = issues.filter((issue) => issue.timeMs <= accepted.timeMs).at(-1) ?? issues[0];
  return held?.codeHash === accepted.codeHash && accepted.timeMs < held.expiresAtMs;
}

export function stateOf(document: InvitationDocument, now: Date): InvitationState {
  if (isTaken(document)) return document.withdrawn === null ? 'accepted' : 'ended';
  if (document.withdrawn !== null) return 'withdrawn';
  if (declinedNow(document) !== null) return 'declined';
  return now.getTime() < (document.issues.at(-1)?.expiresAtMs ?? 0) ? 'open' : 'expired';
}

/** How the code that holds was declined; a newer code makes it open again. */
const declinedNow = ({ declined = [], issues }: InvitationDocument): Declined | null =>
  declined.find(({ codeHash }) => codeHash === issues.at(-1)?.codeHash) ?? null;

/** As readers see it; the hash of its code is for nobody. */
export function shownInvitation(document: InvitationDocument, now: Date): Invitation {
  const instant = (ms: number | undefined): string => new Date(ms ?? 0).toISOString();
  const taken = isTaken(document) ? document.accepted : null;
  return {
    invitationId: document._id,
    supplierUscc: document.supplierUscc,
    issuer: document.issuer ?? '',
    programme: document.programme,
    platform: document.platform,
    state: stateOf(document, now),
    issuedAt: instant(document.issues[0]?.timeMs),
    codes: Math.max(1, document.issues.length),
    expiresAt: instant(document.issues.at(-1)?.expiresAtMs),
    acceptedAt: taken === null ? null : instant(taken.timeMs),
    acceptedBy: taken?.by.name ?? null,
    declinedBecause: taken === null ? (declinedNow(document)?.because ?? null) : null,
  };
}

/** The names under which somebody issues invitations. */
export function issuersOf(tenancy: Tenancy): string[] {
  switch (tenancy.role) {
    case 'operator':
      return ['operator'];
    case 'leader':
    case 'supplier':
      return tenancy.firms.map((uscc) => `${tenancy.role}/${uscc}`);
    case 'bureau':
      return [`bureau/${tenancy.region}${tenancy.zone === undefined ? '' : `/${tenancy.zone}`}`];
    default:
      return [];
  }
}

/** No 0 O 1 I: codes are read out over the telephone. 32 characters, so that a random byte falls on each alike. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_CHARACTERS = 20;

/** A code of 100 random bits, in four groups. @param bytes at least 20 random bytes */
export function codeFrom(bytes: Uint8Array): string {
  const characters = [...bytes.slice(0, CODE_CHARACTERS)].map((byte) => ALPHABET.charAt(byte % 32)).join('');
  return characters.replace(/(.{5})(?=.)/g, '$1-');
}

/** SHA-256 of a code as a person types it: case, blanks and hyphens do not matter. */
export const hashOfCode = (code: string): string =>
  createHash('sha256')
    .update(code.toUpperCase().replace(/[^0-9A-Z]/g, ''))
    .digest('hex');
