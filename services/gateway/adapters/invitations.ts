import { randomBytes, randomUUID } from 'node:crypto';
import type { Db } from 'mongodb';
import type {
  Invitation,
  InvitationState,
  IssuedInvitation,
  IssueInvitation,
} from '../../../schemas/api/invitations.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { DAY_MS } from '../../../schemas/time.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { contactsOf } from '../../onboarding/index.ts';
import {
  codeFrom,
  hashOfCode,
  type InvitationDocument,
  shownInvitation,
  stateOf,
} from '../domain/invitations.ts';
import type { Principal } from '../domain/principal.ts';
import { invitationsOf } from './consentProjector.ts';
import type { Statements } from './statements.ts';

type Person = Pick<Principal, 'subject' | 'name'>;
type Fresh = Omit<IssuedInvitation, 'link'>;
const RESENT_DAYS = 14;
const MOST_LISTED = 1_000;

/** Invitations as events: each answer comes when the read model has it. */
export interface Invitations {
  issue(command: IssueInvitation, issuer: string, by: Person): Promise<Fresh>;
  /** @throws ChainlightError INVITATION_NOT_OPEN when it was accepted or withdrawn */
  resend(document: InvitationDocument, by: Person): Promise<Fresh>;
  withdraw(document: InvitationDocument, by: Person): Promise<Invitation>;
  /** @throws ChainlightError NOT_FOUND for a code nobody was given, INVITATION_NOT_OPEN for one that no longer holds */
  accept(code: string, by: Person): Promise<InvitationDocument>;
  /** By a code that it was ever given. @throws ChainlightError NOT_FOUND for a code nobody was given */
  findByCode(code: string): Promise<{ document: InvitationDocument; holds: boolean }>;
  /** @throws ChainlightError like `accept` */
  decline(code: string, because: NonNullable<Invitation['declinedBecause']>, by: Person): Promise<Invitation>;
  find(id: string): Promise<InvitationDocument | null>;
  /** @param supplier only those to this firm */
  list(
    issuers: readonly string[] | 'all',
    firms: readonly string[],
    supplier?: string,
  ): Promise<Invitation[]>;
  /** The firms that a person may act for by invitation. */
  firmsOf(subject: string): Promise<string[]>;
  /** Whether anybody acts for a firm by invitation. */
  hasMember(uscc: string): Promise<boolean>;
}

export function createInvitations(
  db: Db,
  statements: Pick<Statements, 'state'>,
  now: () => Date,
): Invitations {
  const invitations = invitationsOf(db);
  const fresh = (days: number) => {
    const code = codeFrom(randomBytes(20));
    const expiresAt = new Date(now().getTime() + days * DAY_MS).toISOString();
    return { code, codeHash: hashOfCode(code), expiresAt };
  };
  const person = ({ subject, name }: Person): Person => ({ subject, name });
  const find = (id: string) => invitations.findOne({ _id: { $eq: id } });
  const findByCode = async (code: string) => {
    const codeHash = hashOfCode(code);
    const document = await invitations.findOne({ 'issues.codeHash': { $eq: codeHash } });
    if (document === null) throw new ChainlightError('NOT_FOUND', 'nobody was given this code');
    return { document, holds: document.issues.at(-1)?.codeHash === codeHash };
  };
  const mustBeOpen = (document: InvitationDocument, holds: boolean): InvitationDocument => {
    const state = stateOf(document, now());
    if (state !== 'open') throw notOpen(state);
    if (!holds) throw notOpen('replaced');
    return document;
  };

  return {
    find,
    findByCode,

    issue: async (command, issuer, by) => {
      const { supplierUscc, programme, platform, contact, expiresInDays } = command;
      const invitationId = randomUUID();
      const { code, codeHash, expiresAt } = fresh(expiresInDays);
      if (contact !== undefined) {
        const { phone, ...rest } = contact;
        const first = { ...rest, ...(phone === undefined ? {} : { phone }) };
        await contactsOf(db).updateOne(
          { _id: `supplier/${supplierUscc}` },
          { $setOnInsert: first },
          { upsert: true },
        );
      }
      await statements.state('invitation.issued.v1', supplierUscc, {
        invitationId,
        supplierUscc,
        issuer,
        codeHash,
        expiresAt,
        ...(programme === undefined ? {} : { programme }),
        ...(platform === undefined ? {} : { platform }),
        decidedBy: person(by),
      });
      return { invitationId, code, expiresAt };
    },

    resend: async (document, by) => {
      const { _id: invitationId, supplierUscc } = document;
      const state = stateOf(document, now());
      if (state !== 'open' && state !== 'expired' && state !== 'declined') throw notOpen(state);
      const { code, codeHash, expiresAt } = fresh(RESENT_DAYS);
      await statements.state('invitation.resent.v1', supplierUscc, {
        invitationId,
        supplierUscc,
        codeHash,
        expiresAt,
        decidedBy: person(by),
      });
      return { invitationId, code, expiresAt };
    },

    withdraw: async (document, by) => {
      const { _id: invitationId, supplierUscc } = document;
      if (document.withdrawn === null)
        await statements.state('invitation.withdrawn.v1', supplierUscc, {
          invitationId,
          supplierUscc,
          decidedBy: person(by),
        });
      return shownInvitation((await find(invitationId)) ?? document, now());
    },

    accept: async (code, by) => {
      const codeHash = hashOfCode(code);
      const { document, holds } = await findByCode(code);
      if (document.member === by.subject) return document;
      const { _id: invitationId, supplierUscc } = mustBeOpen(document, holds);
      // One identity for each invitation: of two who accept at once, ingest takes one and finds the other in conflict with it.
      await statements.state(
        'invitation.accepted.v1',
        supplierUscc,
        { invitationId, supplierUscc, codeHash, acceptedBy: person(by) },
        invitationId,
      );
      const after = await find(invitationId);
      if (after?.member !== by.subject) throw notOpen(after === null ? 'open' : stateOf(after, now()));
      return after;
    },

    decline: async (code, because, by) => {
      const { document, holds } = await findByCode(code);
      const { _id: invitationId, supplierUscc } = mustBeOpen(document, holds);
      const codeHash = hashOfCode(code);
      await statements.state(
        'invitation.declined.v1',
        supplierUscc,
        { invitationId, supplierUscc, codeHash, because, declinedBy: person(by) },
        `${invitationId}/${codeHash.slice(0, 20)}`,
      );
      return shownInvitation((await find(invitationId)) ?? document, now());
    },

    list: async (issuers, firms, supplier) => {
      const mine =
        issuers === 'all'
          ? {}
          : { $or: [{ issuer: { $in: [...issuers] } }, { supplierUscc: { $in: [...firms] } }] };
      const filter = supplier === undefined ? mine : { $and: [mine, { supplierUscc: { $eq: supplier } }] };
      const found = await invitations.find(filter).sort({ _id: 1 }).limit(MOST_LISTED).toArray();
      const at = now();
      return found
        .map((document) => shownInvitation(document, at))
        .sort((a, b) => (a.issuedAt > b.issuedAt ? -1 : 1));
    },

    firmsOf: async (subject) =>
      (await invitations.distinct('supplierUscc', { member: { $eq: subject } })).sort(),

    hasMember: async (uscc) =>
      (await invitations.findOne({ supplierUscc: { $eq: uscc }, member: { $ne: null } })) !== null,
  };
}

type NotOpen = InvitationState | 'replaced';
const NOT_OPEN_ZH: Readonly<Record<NotOpen, string>> = {
  open: '还没有被接受',
  accepted: '已被接受',
  expired: '已过期',
  declined: '已被拒绝',
  withdrawn: '已被撤回',
  ended: '已结束',
  replaced: '的邀请码已换新',
};

const notOpen = (state: NotOpen): ChainlightError =>
  new ChainlightError(
    'INVITATION_NOT_OPEN',
    bilingual(`this invitation is ${state}`, `这个邀请${NOT_OPEN_ZH[state]}`),
  );
