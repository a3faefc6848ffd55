/** Facts that the tests of guards and of findings are made of. */
import type { Fact } from '../../../services/measurement/domain/facts.ts';
import { suspicionsOf } from '../../../services/measurement/domain/guards/index.ts';
import { foldModels } from '../../../services/measurement/domain/readModels.ts';
import { World } from '../../../services/measurement/domain/world.ts';
import { testUscc } from '../../support/events.ts';
import { FIRM, fact, report, stock } from './facts.ts';

export const [LEADER, OTHER_LEADER, OTHER, SAMPLE, PROVIDER] = [401, 402, 403, 404, 405].map(testUscc) as [
  string,
  string,
  string,
  string,
  string,
];
export const asOf = new Date('2025-03-01T00:00:00Z');
export const [FIRST, SECOND] = ['sme-510100-2023', 'sme-320500-2024'];

export const about = (
  id: string,
  type: string,
  data: Record<string, unknown>,
  firm: string | null = FIRM,
): Fact => fact({ id, type, firm, data });
export const nominated = (fields: Record<string, unknown> = {}, firm = FIRM): Fact => {
  const data = {
    supplierUscc: firm,
    platform: 'iip',
    programme: FIRST,
    leaderUscc: LEADER,
    cityCode: '510100',
    industryCode: '3670',
    ...fields,
  };
  return about(
    `n/${data.programme}/${data.leaderUscc}/${data.platform}`,
    'onboarding.supplier-nominated.v1',
    data,
    firm,
  );
};
/** By the firm itself, which names no leader. */
export const applied = (fields: Record<string, unknown>): Fact => {
  const { identity, data } = nominated(fields);
  const { leaderUscc: _, ...own } = data;
  return about(`applied/${identity}`, 'onboarding.supplier-applied.v1', own);
};
export const plan = (programme: string, cityCode: string, batch: number): Fact =>
  about(
    `plan/${programme}`,
    'target.plan-published.v1',
    {
      programme,
      cityCode,
      cityName: cityCode,
      batch,
      planVersion: 1,
      targetFirms: 30,
      windowFrom: '2023-06-01',
      windowTo: '2025-05-31',
    },
    null,
  );
export const contract = (fields: Record<string, unknown> = {}, firm = FIRM): Fact => {
  const data = {
    supplierUscc: firm,
    platform: 'iip',
    programme: FIRST,
    providerUscc: PROVIDER,
    contractNumber: 'C-1',
    signedOn: '2023-09-10',
    amountFen: 1_000_000,
    currency: 'CNY',
    ...fields,
  };
  return about(`c/${data.programme}`, 'onboarding.contract-signed.v1', data, firm);
};
export const copied = (sampleFirmUscc: string): Fact =>
  about(`copy/${sampleFirmUscc}`, 'samplefirm.copied.v1', {
    firmUscc: FIRM,
    sampleFirmUscc,
    regionCode: '510100',
    solution: 'MES',
    copiedOn: '2024-05-01',
  });
export const file = (id: string, fields: Record<string, unknown>, firm = FIRM): Fact =>
  about(
    id,
    'evidence.added.v1',
    {
      supplierUscc: firm,
      programme: FIRST,
      kind: 'invoice',
      fileName: 'a.pdf',
      mediaType: 'application/pdf',
      sizeBytes: 1,
      sha256: id.padEnd(64, '0'),
      currency: 'CNY',
      ...fields,
    },
    firm,
  );
export const subsidy = (
  kind: 'reserved' | 'paid' | 'clawed-back',
  programme: string,
  amountFen: number,
  fields: Record<string, unknown> = {},
  firm = FIRM,
): Fact =>
  about(
    `${kind}/${programme}/${amountFen}`,
    `subsidy.${kind}.v1`,
    { supplierUscc: firm, programme, amountFen, currency: 'CNY', ...fields },
    firm,
  );
/** As an onboarding sets it aside, and gives it back. */
export const byOnboarding = (kind: 'reserved' | 'released', programme: string, amountFen: number): Fact =>
  about(`${kind} by onboarding/${programme}/${amountFen}`, `onboarding.subsidy-${kind}.v1`, {
    ...{ supplierUscc: FIRM, programme, amountFen },
  });
/** Numbers are a bureau's. */
export const byBureau = (one: Fact): Fact => ({
  ...one,
  identity: `/bureau/510100/office ${one.identity.split(' ')[1]}`,
});
export const held = (
  leader: string,
  stockKind: 'own' | 'consignment',
  closing: number,
  period = '2024-03',
): Fact => {
  const base = stock(`held/${leader}/${stockKind}/${period}`, period, [closing, closing, null]);
  return { ...base, sourceClass: 'chain', data: { ...base.data, stockKind, holderUscc: leader } };
};
export const months = (...rows: readonly (readonly [string, number, number])[]): Fact[] =>
  rows.map(([period, opening, closing]) => stock(period, period, [opening, closing, 10]));

export const energy = (...periods: readonly string[]): Fact[] =>
  periods.map((period) =>
    report(`energy/${period}`, 'energy.reported.v2', { period, energyWh: 1 }, { period }),
  );

export const found = (facts: readonly Fact[], at = asOf) => suspicionsOf(new World(foldModels(facts), at));
export const codes = (facts: readonly Fact[]): string[] => found(facts).map(({ code }) => code);
