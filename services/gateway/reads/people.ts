import type { ConsentState } from '../../../schemas/api/consent.ts';
import type { AuditPage, AuditQuery } from '../../../schemas/api/overview.ts';
import type { LeaderList } from '../../../schemas/api/registry.ts';
import type { Me } from '../../../schemas/api/session.ts';
import { levelOf, Tenancy } from '../../../schemas/tenancy.ts';
import { onboardingsOf } from '../../onboarding/index.ts';
import { isSimulated } from '../../runtime/eventStore.ts';
import type { Db } from '../../runtime/mongo.ts';
import { auditTrailOf, listAudit } from '../adapters/auditTrail.ts';
import { consentsOf } from '../adapters/consentProjector.ts';
import {
  type ConsentDocument,
  changedAtOf,
  grantedScopes,
  isDelegated,
  validUntilOf,
} from '../domain/consents.ts';
import { isOwnFirm, onboardingsOf as visibleTo } from '../domain/visibility.ts';
import { businessTime, type ReadContext } from './context.ts';

/** Who is signed in, with the names of their firms and of those that let them act for them. */
export async function readMe({ db, principal, cache }: ReadContext): Promise<Me> {
  const { subject, name, tenancy } = principal;
  const own = 'firms' in tenancy ? tenancy.firms : [];
  const delegators = tenancy.role === 'provider' ? (tenancy.delegatedBy ?? []) : [];
  const codes = [...own, ...delegators];
  const [at, simulated, leaders, counted] = await Promise.all([
    businessTime(db),
    cache.get(['simulated'], () => isSimulated(db)),
    db
      .collection<{ _id: string; name: string }>('leaders')
      .find({ _id: { $in: codes } })
      .toArray(),
    onboardingsOf(db)
      .aggregate<{ _id: string; name: string | null; count: number }>([
        { $match: { supplierUscc: { $in: codes } } },
        { $group: { _id: '$supplierUscc', name: { $max: '$supplierName' }, count: { $sum: 1 } } },
      ])
      .toArray(),
  ]);
  const nameOf = (uscc: string): string | null =>
    leaders.find(({ _id }) => _id === uscc)?.name ?? counted.find(({ _id }) => _id === uscc)?.name ?? null;
  const told = (uscc: string): Me['firms'][number] => ({
    uscc,
    name: nameOf(uscc),
    onboardings: counted.find(({ _id }) => _id === uscc)?.count ?? 0,
  });
  return {
    subject,
    name,
    tenancy: Tenancy.parse(tenancy),
    level: tenancy.role === 'bureau' ? levelOf(tenancy) : null,
    firms: own.map(told),
    delegatedBy: delegators.map(told),
    businessTime: at?.toISOString() ?? null,
    simulated,
  };
}

/** Leaders, as far as they concern the reader. */
export async function visibleLeaders({ db, principal }: ReadContext, all: LeaderList): Promise<LeaderList> {
  const { tenancy } = principal;
  if (tenancy.role === 'leader')
    return { leaders: all.leaders.filter(({ uscc }) => isOwnFirm(tenancy, uscc)) };
  const filter = visibleTo(tenancy);
  if (Object.keys(filter).length === 0) return all;
  const seen = new Set(await onboardingsOf(db).distinct('leaderUscc', filter as object));
  return { leaders: all.leaders.filter(({ uscc }) => seen.has(uscc)) };
}

/** Consents and delegations that concern the reader. */
export async function listConsents(
  { db, principal, today }: ReadContext,
  supplier: string | undefined,
): Promise<{ items: ConsentState[] }> {
  const { tenancy } = principal;
  const own = 'firms' in tenancy ? tenancy.firms : [];
  const mine =
    tenancy.role === 'supplier'
      ? { supplierUscc: { $in: own } }
      : tenancy.role === 'leader' || tenancy.role === 'provider'
        ? { granteeUscc: { $in: own } }
        : tenancy.role === 'bureau'
          ? {
              supplierUscc: {
                $in: (await onboardingsOf(db).distinct(
                  'supplierUscc',
                  visibleTo(tenancy) as object,
                )) as string[],
              },
            }
          : {};
  const asked = supplier === undefined ? {} : { supplierUscc: { $eq: supplier } };
  const documents = await consentsOf(db)
    .find({ $and: [mine, asked] })
    .sort({ _id: 1 })
    .limit(5_000)
    .toArray();
  return {
    items: documents
      .filter((document) =>
        document.kind === 'consent' ? grantedScopes(document).length > 0 : isDelegated(document, today),
      )
      .map(shownConsent),
  };
}

const shownConsent = (document: ConsentDocument): ConsentState => ({
  supplierUscc: document.supplierUscc,
  granteeUscc: document.granteeUscc,
  kind: document.kind,
  scopes: grantedScopes(document),
  changedAt: changedAtOf(document).toISOString(),
  validUntil: validUntilOf(document),
});

/** All delegations that hold on a day (Asia/Shanghai). */
export async function listDelegations(db: Db, day: string): Promise<ConsentState[]> {
  const documents = await consentsOf(db).find({ kind: 'delegation' }).sort({ _id: 1 }).toArray();
  return documents.filter((document) => isDelegated(document, day)).map(shownConsent);
}

/** The trail: all of it for the operator and the ministry, one's own region's readers for a bureau, one's own firm for a supplier. */
export async function readAuditTrail({ db, principal }: ReadContext, query: AuditQuery): Promise<AuditPage> {
  return listAudit(auditTrailOf(db), query, principal.tenancy);
}
