import { expect, it } from 'vitest';
import type { AuditEntry } from '../../schemas/api/overview.ts';
import { PROGRAMME_EVENTS } from '../../schemas/topics.ts';
import { onboardingProjector } from '../../services/onboarding/index.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { EXTRA, findingAbout, mine, programmeOf, theirs, type World } from '../support/accessExpected.ts';
import { eventually } from '../support/stream.ts';
import { readWorkbook } from '../support/workbook.ts';

import { call, planFiled, stream } from './world.ts';

/** What is on record: findings, samples, figures, files, and the trail of who read it. */
export function recordsAccess(): void {
  it('lets the firm concerned answer a finding and appeal, and officials decide it', async () => {
    const findingId = findingAbout(mine);
    const act = (as: string, actId: string, fields: object) =>
      call(as, 'POST', '/api/v1/findings/acts', { findingId, actId, ...fields });
    const closing = { act: 'closed', outcome: 'upheld', text: 'the later one is wrong' };
    expect((await act('supplier', 'c1', closing)).json()).toMatchObject({ code: 'FORBIDDEN' });
    expect((await act('bureau', 'c1', closing)).statusCode).toBe(201);
    expect((await act('bureau', 'c2', closing)).json()).toMatchObject({ code: 'FINDING_NOT_OPEN' });
    const appeal = { act: 'appealed', text: 'the papers say otherwise' };
    expect((await act('supplier', 'p1', appeal)).statusCode).toBe(201);
    await eventually('the appeal', async () => {
      const url = `/api/v1/findings?code=CLOSED_TWICE&supplier=${mine.supplier}`;
      const { items } = (await call('bureau', 'GET', url)).json<{ items: { id: string; state: string }[] }>();
      return items.some(({ id, state }) => id === findingId && state === 'appealed');
    });
    // Who took the decision does not decide the appeal against it.
    const again = await act('bureau', 'c3', closing);
    expect([again.statusCode, again.json().code]).toEqual([403, 'SEPARATION_OF_DUTIES']);
  });

  it('takes an answer to what came after an onboarding had been closed', async () => {
    const late = { ...planFiled(mine), id: `late-${mine.supplier}`, time: '2024-04-02T00:00:00Z' };
    await stream.send(PROGRAMME_EVENTS, [late]);
    const finding = await eventually('the finding', async () => {
      await projectOnce(stream.mongo, onboardingProjector);
      const url = `/api/v1/findings?code=LATE_AFTER_CLOSE&supplier=${mine.supplier}`;
      return (await call('supplier', 'GET', url)).json<{ items: { id: string }[] }>().items[0];
    });
    const answer = { act: 'replied', actId: 'late', findingId: finding.id, text: 'sent from a backlog' };
    expect((await call('supplier', 'POST', '/api/v1/findings/acts', answer)).statusCode).toBe(201);
  });

  it('shows nobody what a sample is drawn from outside his region', async () => {
    const population = async (as: string, about: World) =>
      (await call(as, 'GET', `/api/v1/sample-frame?programme=${programmeOf(about)}`)).json().population;
    expect(await population('bureau', mine)).toBe(1);
    expect(await population('bureau', theirs)).toBe(0);
    expect(await population('ministry', theirs)).toBe(1);
    // A province's sample names firms of all its cities: its cities do not see it.
    const { drawId } = (
      await call('bureau', 'POST', '/api/v1/samples', { programmes: [programmeOf(mine)], n: 1, seed: 99 })
    ).json();
    expect((await call('financial-auditor', 'GET', `/api/v1/samples/${drawId}`)).statusCode).toBe(404);
    expect((await call('ministry', 'GET', `/api/v1/samples/${drawId}`)).json()).toMatchObject({
      redrawn: 'same',
      jurisdiction: { region: '510000' },
      papers: [{ uscc: mine.supplier, status: 'open' }],
    });
  });

  it('opens every count of the funnel down to events with their hashes, of one’s own region alone', async () => {
    const { stages } = (await call('bureau', 'GET', '/api/v1/funnel')).json() as {
      stages: { stage: string; entered: number; failed: number; atRisk: number }[];
    };
    for (const { stage, ...row } of stages)
      for (const [count, value] of [
        ['entered', row.entered],
        ['failed', row.failed],
        ['open', row.atRisk],
      ] as const) {
        const figure = await call('bureau', 'GET', `/api/v1/figures?id=onboardings/${count}/${stage}/-`);
        expect(figure.json(), `${count} ${stage}`).toMatchObject({ value });
      }
    const opened = async (as: string) =>
      (await call(as, 'GET', '/api/v1/figures?id=onboardings/ALL/-')).json() as {
        value: number;
        entities: string[];
        eventCount: number;
        events: { hash: string }[];
      };
    const own = await opened('bureau');
    expect(own).toMatchObject({ value: 1, entities: [mine.supplier] });
    expect(own.events.length).toBe(own.eventCount);
    expect(own.events.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
    expect((await opened('ministry')).entities).toHaveLength(2);
    const unknown = await call('bureau', 'GET', '/api/v1/figures?id=onboardings/entered/NOWHERE/-');
    expect(unknown.statusCode).toBe(404);
  });

  it('opens the median days of a stage to the times behind it, and each of these to its events', async () => {
    const open = async (as: string, id: string) =>
      (await call(as, 'GET', `/api/v1/figures?id=${encodeURIComponent(id)}`)).json();
    const { stages } = (await call('ministry', 'GET', '/api/v1/funnel')).json();
    const through = stages.filter(({ medianDays }: { medianDays: number | null }) => medianDays !== null);
    expect(through.length).toBeGreaterThan(0);
    for (const { stage, medianDays, entered } of through) {
      const median = await open('ministry', `onboardings/median/${stage}/-`);
      expect(median).toMatchObject({ value: medianDays, unit: 'days', denominator: entered });
      expect(median.children).toHaveLength(entered);
      const times = await Promise.all(median.children.map((id: string) => open('ministry', id)));
      expect(times.map(({ value }) => value)).toContain(medianDays);
      expect(times.every(({ events, eventCount }) => eventCount > 0 && events.length === eventCount)).toBe(
        true,
      );
      expect(new Set(times.flatMap(({ entities }) => entities))).toEqual(new Set(median.entities));
      // Of another region nobody sees even that there is one.
      const foreign = median.children.find((id: string) => id.endsWith(theirs.supplier));
      if (foreign !== undefined) expect(await open('bureau', foreign)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('gives a list out as a file, cut to the reader, and nothing in it runs in a spreadsheet', async () => {
    const csv = await call('bureau', 'GET', '/api/v1/exports/findings?format=csv&lang=en');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="findings.csv"');
    expect(csv.body).toContain(findingAbout(mine));
    expect(csv.body).not.toContain(theirs.supplier);
    const xlsx = await call('ministry', 'GET', '/api/v1/exports/findings?format=xlsx');
    expect(xlsx.statusCode).toBe(200);
    const { rows, hasFormula } = readWorkbook(xlsx.rawPayload);
    expect(rows[0]?.[0]).toBe('编号');
    const ids = rows.slice(1).map(([id]) => id);
    expect(ids).toEqual(expect.arrayContaining([findingAbout(mine), findingAbout(theirs)]));
    expect(hasFormula).toBe(false);
  });

  it('keeps a trail of every act and of every official who reads commercial data', async () => {
    await call('bureau', 'GET', `/api/v1/suppliers/${mine.supplier}/figures`);
    await call('supplier', 'GET', `/api/v1/suppliers/${mine.supplier}/figures`);
    const trail = async (as: string, query = '') =>
      (await call(as, 'GET', `/api/v1/audit-trail?limit=200${query}`)).json() as {
        total: number;
        items: Pick<AuditEntry, 'kind' | 'operation' | 'role' | 'jurisdiction' | 'zone' | 'firms'>[];
      };
    const all = await trail('operator');
    expect(all.total).toBeGreaterThan(10);
    const read = all.items.filter(({ operation }) => operation === 'supplierFigures');
    expect(read.some(({ role, firms }) => role === 'bureau' && firms.includes(mine.supplier))).toBe(true);
    expect(read.some(({ role }) => role === 'supplier')).toBe(false);
    expect(all.items.some(({ kind, operation }) => kind === 'act' && operation === 'grantConsent')).toBe(
      true,
    );
    const own = await trail('supplier');
    expect(own.items.length).toBeGreaterThan(0);
    expect(own.items.every(({ firms }) => firms.includes(mine.supplier))).toBe(true);
    const ofRegion = await trail('bureau');
    expect(ofRegion.items.length).toBeGreaterThan(0);
    expect(ofRegion.items.every(({ jurisdiction }) => String(jurisdiction).startsWith('51'))).toBe(true);
    // A zone reads of its own officials alone, not of those of the city that it lies in.
    await call('zone', 'GET', `/api/v1/suppliers/${mine.supplier}/figures`);
    const { zone, region } = EXTRA.zone;
    const figures = '&operation=supplierFigures';
    const ofProvince = await trail('bureau', figures);
    const inCity = ofProvince.items.filter(({ jurisdiction }) => jurisdiction === region);
    expect(inCity.some((item) => item.zone === undefined)).toBe(true);
    const ofZone = await trail('zone', figures);
    expect(ofZone.items.map((item) => item.zone)).toEqual(
      inCity.filter((item) => item.zone === zone).map(() => zone),
    );
    expect(ofZone.items.length).toBeGreaterThan(0);
  });

  it.each([
    'leader',
    'supplier',
    'financial-auditor',
    'bureau',
    'district',
    'zone',
  ])('opens no figure of the other world to a %s, whatever its kind', async (as) => {
    const open = (who: string, id: string) =>
      call(who, 'GET', `/api/v1/figures?id=${encodeURIComponent(id)}`);
    const { leader, supplier, cityCode, platform } = theirs;
    const hidden = [
      ...['target', 'forecast'].map((kind) => `${kind}/${cityCode}`),
      ...['leader', 'suppliers', 'chain'].map((part) => `turns/${leader}/${part}`),
      ...['2024-03', 'baseline', 'improvement'].map((when) => `inventory-turns/v1/${supplier}/${when}`),
      ...[`region:${cityCode}`, `suppliers:${leader}`].map((whose) => `inventory-turns/v1/${whose}/2024-03`),
      ...['accepted', 'duplicates', 'conflicts', 'rejected', 'parked'].flatMap((verdict) => [
        `intake/${verdict}/${leader}`,
        `intake/${verdict}/${leader}/0/1/5`,
        `intake/${verdict}/erp.${leader}`,
        `intake/${verdict}/-`,
      ]),
      'intake/accepted/supplier.reports',
      `onboardings/time/NOMINATED/onboarding/${programmeOf(theirs)}/${platform}/${supplier}`,
    ];
    for (const id of hidden) expect((await open(as, id)).json(), id).toMatchObject({ code: 'NOT_FOUND' });
    const counted = [
      ...['ALL', 'ACTIVE', 'ACCEPTED', 'OVERDUE'].map((status) => `onboardings/${status}/${cityCode}`),
      ...['entered', 'done', 'open', 'overdue', 'failed', 'share', 'median'].map(
        (count) => `onboardings/${count}/NOMINATED/${cityCode}`,
      ),
      ...[`supplier=${supplier}`, `leader=${leader}`, `city=${cityCode}`].map(
        (filter) => `board/open/NOMINATED?${filter}`,
      ),
    ];
    for (const id of counted) {
      const { value, entities, eventCount, events, children } = (await open(as, id)).json();
      expect({ none: value === 0 || value === null, entities, eventCount, events, children }, id).toEqual({
        none: true,
        ...{ entities: [], eventCount: 0, events: [], children: [] },
      });
    }
    // The ids are right: who may see that world opens them.
    expect((await open('operator', `onboardings/ALL/${cityCode}`)).json()).toMatchObject({
      entities: [supplier],
    });
    expect((await open('operator', `intake/accepted/${leader}`)).json().value).toBeGreaterThan(0);
  });
}
