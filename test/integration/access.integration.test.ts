import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { OPERATIONS, type OperationId } from '../../schemas/api/operations/index.ts';
import { ROLES } from '../../schemas/tenancy.ts';
import { ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { createGateway } from '../../services/gateway/index.ts';
import { measurementProjector } from '../../services/measurement/index.ts';
import { onboardingProjector } from '../../services/onboarding/index.ts';
import { loadConfig } from '../../services/runtime/config.ts';
import { loop } from '../../services/runtime/lifecycle.ts';
import { createLogger } from '../../services/runtime/logger.ts';
import { projectOnce } from '../../services/runtime/projector.ts';
import { connectTemporal, type Temporal } from '../../services/runtime/temporal.ts';
import {
  draws,
  EXPECTED,
  EXTRA,
  findingAbout,
  mine,
  programmeOf,
  SEES_ALL,
  TENANCIES,
  theirs,
  type World,
} from '../support/accessExpected.ts';
import { inventoryClosed } from '../support/events.ts';
import { startTestIssuer, type TestIssuer } from '../support/identity.ts';
import { eventually, openTestStream, type TestStream } from '../support/stream.ts';
import { readWorkbook } from '../support/workbook.ts';

describe('who may do and see what', () => {
  let stream: TestStream;
  let ingest: { stop(): Promise<void> };
  let temporal: Temporal;
  let issuer: TestIssuer;
  let app: FastifyInstance;
  let measuring: { stop(): Promise<void> };

  const nomination = (about: World) => ({
    specversion: '1.0',
    id: `nominated-${about.supplier}`,
    source: `/chain/${about.leader}/erp/sap`,
    type: 'onboarding.supplier-nominated.v1',
    time: '2024-03-01T00:00:00Z',
    partitionkey: about.supplier,
    data: {
      supplierUscc: about.supplier,
      leaderUscc: about.leader,
      platform: about.platform,
      programme: `sme-${about.cityCode}-2024`,
      supplierName: 'Test supplier',
      cityCode: about.cityCode,
      districtCode: about.districtCode,
      industryCode: '3670',
    },
  });
  const planFiled = (about: World) => ({
    specversion: '1.0',
    id: `plan-${about.supplier}`,
    source: `/provider/${about.provider}`,
    type: 'onboarding.plan-filed.v1',
    time: '2024-03-05T00:00:00Z',
    partitionkey: about.supplier,
    data: {
      supplierUscc: about.supplier,
      platform: about.platform,
      programme: `sme-${about.cityCode}-2024`,
      providerUscc: about.provider,
      planNumber: `PL-${about.supplier}`,
      solution: 'MES light',
      priceFen: 30_000_000,
      currency: 'CNY',
    },
  });

  const accepted = (about: World) => ({
    specversion: '1.0',
    id: `accepted-${about.supplier}`,
    source: '/system/onboarding',
    type: 'onboarding.closed.v1',
    time: '2024-03-20T00:00:00Z',
    partitionkey: about.supplier,
    data: {
      supplierUscc: about.supplier,
      platform: about.platform,
      programme: programmeOf(about),
      ...{ status: 'ACCEPTED', stage: 'ACCEPTED', failureReason: null, decidedBy: 'bureau' },
      basis: [nomination(about), planFiled(about)].map(({ source, id }) => `${source} ${id}`),
    },
  });

  beforeAll(async () => {
    stream = await openTestStream();
    // Business time is now as soon as nothing more comes: what was accepted by then may be sampled.
    ingest = await stream.startIngest({ clock: { clock: 'wall', latenessMs: 0, quietMs: 500 } });
    issuer = await startTestIssuer({ ...TENANCIES, ...EXTRA });
    const config = {
      ...loadConfig({
        KAFKA_BROKERS: inject('KAFKA_BROKERS'),
        TEMPORAL_ADDRESS: inject('TEMPORAL_ADDRESS'),
        MONGODB_URI: inject('MONGODB_URI'),
        MONGODB_DB: stream.mongo.db.databaseName,
        CHAINLIGHT_CLOCK: 'stream',
      }),
      ...issuer.settings,
    };
    temporal = await connectTemporal(config.TEMPORAL_ADDRESS, config.TEMPORAL_NAMESPACE);
    const logger = createLogger('test', { level: 'silent' });
    const { mongo, kafka } = stream;
    app = await createGateway({ mongo, kafka, temporal, config, logger, now: () => new Date() });
    for (const about of [mine, theirs]) {
      const source = `/chain/${about.leader}/erp/sap`;
      await call('operator', 'POST', '/api/v1/leaders', {
        uscc: about.leader,
        name: 'L',
        sources: [source],
        at: '2023-01-01T00:00:00Z',
      });
      await call('operator', 'POST', '/api/v1/relations', {
        leader: about.leader,
        supplier: about.supplier,
        from: '2023-01-01',
        at: '2023-01-02T00:00:00Z',
      });
      await stream.send(`erp.${about.leader}`, [nomination(about)]);
      await stream.send(PROGRAMME_EVENTS, [planFiled(about)]);
      await stream.send(ACTS, [accepted(about)]);
      await stream.send(SUPPLIER_REPORTS, [
        inventoryClosed(`first-${about.supplier}`, {}, about.supplier),
        {
          ...inventoryClosed(`again-${about.supplier}`, { closingStockFen: 1 }, about.supplier),
          time: '2024-04-01T08:00:00Z',
        },
      ]);
    }
    // A topic that has just been made may be missing from the list for a moment: wait for what was said, not for what is listed.
    const said =
      2 * ['leader', 'relation', 'nomination', 'plan', 'acceptance', 'close', 'close again'].length;
    await eventually('everything to be taken in', async () => (await stream.drained()).accepted >= said);
    while (await projectOnce(stream.mongo, onboardingProjector)) {
      // Until all has been read.
    }
    await measurementProjector.ensureIndexes(stream.mongo.db);
    while (await projectOnce(stream.mongo, measurementProjector)) {
      // The same.
    }
    for (const [about, official] of [
      [mine, 'financial-auditor'],
      [theirs, 'otherCity'],
    ] as const) {
      const drawn = await eventually('a sample', async () => {
        const answer = await call(official, 'POST', '/api/v1/samples', { n: 1, seed: 1 });
        return answer.statusCode === 201 ? answer.json<{ drawId: string }>() : null;
      });
      draws.set(about, drawn.drawId);
    }
    measuring = loop(logger, 50, () => projectOnce(stream.mongo, measurementProjector));
  });

  afterAll(async () => {
    await measuring?.stop();
    await app?.close();
    await issuer?.close();
    await temporal?.close();
    await ingest?.stop();
    await stream?.close();
  });

  async function call(
    as: string | null,
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    headers: Record<string, string> = {},
  ) {
    const authorization = as === null ? {} : await issuer.as(as);
    return app.inject({
      method,
      url,
      headers: { ...authorization, ...headers },
      ...(payload ? { payload } : {}),
    });
  }

  const ask = (as: string | null, id: OperationId, about: World) => {
    const operation = OPERATIONS.find((one) => one.id === id);
    if (operation === undefined) throw new Error(`${id} is no operation`);
    const { url, payload, headers } = EXPECTED[id].ask?.(about) ?? {};
    const body = operation.method === 'POST' ? (payload ?? {}) : undefined;
    return call(as, operation.method, url ?? operation.path, body, headers);
  };

  it('says of every operation of the published document what is expected', async () => {
    const document = (await call(null, 'GET', '/api/openapi.json')).json();
    const published = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>)
      .flatMap((path) => Object.values(path))
      .map(({ operationId }) => operationId);
    expect(published.sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it('refuses a route that declares no operation', () => {
    expect(() => app.get('/undeclared', async () => 'x')).toThrow(/no operation|already/);
  });

  describe.each(Object.keys(EXPECTED) as OperationId[])('%s', (id) => {
    const { may, own = [200], foreign = 'not-found', onlyRefusals = false } = EXPECTED[id];

    it('asks for a sign-in', async () => {
      const answer = await ask(null, id, mine);
      if (may === 'public') expect(own).toContain(answer.statusCode);
      else expect(answer.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    });

    it.each(ROLES)('answers a %s as it should', async (role) => {
      if (may === 'public') return;
      if (!may.includes(role)) {
        expect((await ask(role, id, mine)).json()).toMatchObject({ status: 403, code: 'FORBIDDEN' });
        return;
      }
      if (onlyRefusals) return;
      const answer = await ask(role, id, mine);
      expect(own, `${role} asks ${id}: ${answer.body.slice(0, 300)}`).toContain(answer.statusCode);
      if (EXPECTED[id].ask === undefined || SEES_ALL.includes(role) || foreign === 'ok') return;
      const other = await ask(role, id, theirs);
      if (foreign === 'empty') {
        // Whether by an empty answer or as if there were none: nothing of the other world is in it.
        const said = other.body.replaceAll(theirs.leader, '');
        expect(said).not.toContain(theirs.supplier);
        expect([200, 404]).toContain(other.statusCode);
      } else expect(other.json(), role).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    });
  });

  it('cuts a bureau to its region, its district, its zone', async () => {
    const seen = async (as: string) => {
      const { items } = (await call(as, 'GET', '/api/v1/onboardings')).json() as {
        items: { uscc: string }[];
      };
      return items.map(({ uscc }) => uscc).sort();
    };
    const both = [mine.supplier, theirs.supplier].sort();
    expect(await seen('ministry')).toEqual(both);
    expect(await seen('bureau')).toEqual([mine.supplier]);
    expect(await seen('district')).toEqual([mine.supplier]);
    expect(await seen('otherDistrict')).toEqual([]);
    expect(await seen('zone')).toEqual([]);
    for (const role of ['leader', 'supplier', 'provider', 'rater', 'financial-auditor'])
      expect(await seen(role), role).toEqual([mine.supplier]);
    expect((await call('ministry', 'GET', '/api/v1/overview')).statusCode).toBe(200);
    expect((await call('bureau', 'GET', '/api/v1/overview')).statusCode).toBe(403);
  });

  it('lets a provider act once the supplier has delegated, and no longer', async () => {
    const act = () => call('provider', 'POST', '/api/v1/onboardings/acts', EXPECTED.act.ask?.(mine).payload);
    const body = { supplier: mine.supplier, provider: mine.provider };
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
    const over = await call('supplier', 'POST', '/api/v1/delegations', { ...body, validUntil: '2020-01-31' });
    expect(over.json()).toMatchObject({ code: 'BAD_INPUT', details: { fields: [{ field: 'validUntil' }] } });
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
    const lasting = { ...body, validUntil: '2099-12-31' };
    expect((await call('supplier', 'POST', '/api/v1/delegations', lasting)).statusCode).toBe(201);
    expect((await act()).json()).toMatchObject({ code: 'NOT_FOUND' });
    expect((await call('supplier', 'POST', '/api/v1/delegations/withdrawals', body)).statusCode).toBe(201);
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('lets a provider see and act for a supplier that has delegated, before it is engaged, and no longer', async () => {
    const { supplier } = theirs;
    const body = { supplier, provider: mine.provider };
    const act = () =>
      call('provider', 'POST', '/api/v1/onboardings/acts', EXPECTED.act.ask?.(theirs).payload);
    const seen = async () => ({
      firm: (await call('provider', 'GET', `/api/v1/suppliers/${supplier}`)).statusCode,
      papers: (await call('provider', 'GET', `/api/v1/suppliers/${supplier}/evidence`)).statusCode,
      listed: (
        (await call('provider', 'GET', `/api/v1/onboardings?supplier=${supplier}`)).json() as {
          items: unknown[];
        }
      ).items.length,
    });
    const nothing = { firm: 404, papers: 404, listed: 0 };
    expect(await seen()).toEqual(nothing);
    expect((await call('theirSupplier', 'POST', '/api/v1/delegations', body)).statusCode).toBe(201);
    expect(await seen()).toEqual({ firm: 200, papers: 200, listed: 1 });
    // The act is let through to the onboarding, which this gateway has none of.
    expect((await act()).json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringMatching(/under way/),
    });
    const foreign = await call('provider', 'GET', `/api/v1/suppliers/${theirs.provider}`);
    expect(foreign.statusCode).toBe(404);
    expect((await call('theirSupplier', 'POST', '/api/v1/delegations/withdrawals', body)).statusCode).toBe(
      201,
    );
    expect(await seen()).toEqual(nothing);
    expect((await act()).json()).toMatchObject({
      code: 'NOT_FOUND',
      detail: expect.stringMatching(/may see/),
    });
  });

  it('takes no remedy that is in no catalogue', async () => {
    const taken = { ...EXPECTED.act.ask?.(mine).payload, act: 'take-remedy', step: 'DEPLOYED' };
    const take = async (remedy: string) =>
      (await call('supplier', 'POST', '/api/v1/onboardings/acts', { ...taken, remedy })).json();
    expect(await take('prayer')).toMatchObject({
      code: 'BAD_INPUT',
      details: { fields: [{ field: 'remedy' }] },
    });
    expect(await take('gateway-kit')).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets an invited person act for a firm, once, until the firm ends it', async () => {
    const firms = async (as: string) =>
      ((await call(as, 'GET', '/api/v1/me')).json() as { firms: { uscc: string }[] }).firms.map(
        ({ uscc }) => uscc,
      );
    const sees = async (as: string) =>
      (await call(as, 'GET', `/api/v1/suppliers/${mine.supplier}`)).statusCode;
    const invite = (as: string, about: World) =>
      call(as, 'POST', '/api/v1/invitations', { supplierUscc: about.supplier, expiresInDays: 3 });
    const accept = (as: string, code: string) => call(as, 'POST', '/api/v1/invitations/accept', { code });

    expect(await sees('newcomer')).toBe(404);
    expect((await call('newcomer', 'GET', '/api/v1/onboardings')).json()).toMatchObject({ items: [] });
    const look = (as: string, code: string) => call(as, 'POST', '/api/v1/invitations/look', { code });
    const issued = (await invite('leader', mine)).json();
    expect(issued.link).toContain(issued.code);
    expect((await look('newcomer', issued.code)).json()).toMatchObject({
      supplierUscc: mine.supplier,
      issuer: `leader/${mine.leader}`,
      state: 'open',
      isOwn: false,
    });
    // Whoever was given it by mistake says so; the inviter reads it, and the code is worth nothing.
    const declined = await call('another', 'POST', '/api/v1/invitations/decline', {
      code: issued.code,
      because: 'not-our-firm',
    });
    expect(declined.json()).toMatchObject({ state: 'declined', declinedBecause: 'not-our-firm' });
    expect((await accept('newcomer', issued.code)).json()).toMatchObject({ code: 'INVITATION_NOT_OPEN' });
    const ofFirm = (firm: string) => call('leader', 'GET', `/api/v1/invitations?supplier=${firm}`);
    expect((await ofFirm(mine.supplier)).json().items[0]).toMatchObject({ state: 'declined' });
    expect((await ofFirm(theirs.supplier)).json().items).toEqual([]);
    const resent = (await call('leader', 'POST', `/api/v1/invitations/${issued.invitationId}/resend`)).json();
    expect((await look('newcomer', issued.code)).json()).toMatchObject({ state: 'replaced' });
    expect((await accept('newcomer', issued.code)).json()).toMatchObject({ code: 'INVITATION_NOT_OPEN' });
    expect(
      (await call('operator', 'POST', '/api/v1/invitations/accept', { code: resent.code })).statusCode,
    ).toBe(403);

    const both = await Promise.all([
      accept('newcomer', resent.code.toLowerCase()),
      accept('another', resent.code),
    ]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const [winner, loser] = both[0]?.statusCode === 200 ? ['newcomer', 'another'] : ['another', 'newcomer'];
    expect(await firms(winner ?? '')).toEqual([mine.supplier]);
    expect(await sees(winner ?? '')).toBe(200);
    expect(await sees(loser ?? '')).toBe(404);
    // The same person again is the same acceptance; somebody else comes too late.
    expect((await accept(winner ?? '', resent.code)).statusCode).toBe(200);
    expect((await accept(loser ?? '', resent.code)).json()).toMatchObject({ code: 'INVITATION_NOT_OPEN' });

    // One person, several firms.
    const second = (await invite('operator', theirs)).json();
    expect((await accept(winner ?? '', second.code)).json()).toMatchObject({ supplierUscc: theirs.supplier });
    expect((await firms(winner ?? '')).sort()).toEqual([mine.supplier, theirs.supplier].sort());

    // Whoever buys from a firm cannot let itself in once somebody acts for it, nor put that person out.
    expect((await invite('leader', mine)).json()).toMatchObject({ code: 'FORBIDDEN' });
    const withdraw = (as: string) => call(as, 'POST', `/api/v1/invitations/${issued.invitationId}/withdraw`);
    expect((await withdraw('leader')).json()).toMatchObject({ code: 'INVITATION_NOT_OPEN' });
    expect((await withdraw('supplier')).json()).toMatchObject({ state: 'ended' });
    expect(await sees(winner ?? '')).toBe(404);
    expect(await firms(winner ?? '')).toEqual([theirs.supplier]);
  });

  it('shows an invitation to whoever issued it and to the firm, its code to nobody', async () => {
    const { invitationId, code } = (
      await call('bureau', 'POST', '/api/v1/invitations', { supplierUscc: mine.supplier })
    ).json();
    const seen = async (as: string) =>
      ((await call(as, 'GET', '/api/v1/invitations')).json() as { items: { invitationId: string }[] }).items;
    for (const as of ['bureau', 'supplier', 'operator'])
      expect(
        (await seen(as)).map((one) => one.invitationId),
        as,
      ).toContain(invitationId);
    for (const as of ['leader', 'ministry', 'another'])
      expect(
        (await seen(as)).map((one) => one.invitationId),
        as,
      ).not.toContain(invitationId);
    const { db } = stream.mongo;
    for (const { name } of await db.listCollections().toArray())
      expect(JSON.stringify(await db.collection(name).find().toArray()), name).not.toContain(code);
    const taken = await call('bureau', 'POST', `/api/v1/invitations/${invitationId}/withdraw`);
    expect(taken.json()).toMatchObject({ state: 'withdrawn' });
    const late = await call('newcomer', 'POST', '/api/v1/invitations/accept', { code });
    expect(late.json()).toMatchObject({ code: 'INVITATION_NOT_OPEN' });
  });

  it('shows a consent to those it concerns, from the moment it is given to the moment it is withdrawn', async () => {
    const body = { supplier: mine.supplier, leader: mine.leader, scopes: ['stock', 'cost'] };
    const seen = async (as: string) => (await call(as, 'GET', '/api/v1/consents')).json().items;
    await call('supplier', 'POST', '/api/v1/consents', body);
    expect(await seen('leader')).toMatchObject([{ supplierUscc: mine.supplier, scopes: ['cost', 'stock'] }]);
    await call('supplier', 'POST', '/api/v1/consents/withdrawals', { ...body, scopes: ['cost'] });
    expect(await seen('leader')).toMatchObject([{ scopes: ['stock'] }]);
    await call('supplier', 'POST', '/api/v1/consents/withdrawals', body);
    expect(await seen('supplier')).toEqual([]);
  });

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
    const { items } = (
      await call('bureau', 'GET', `/api/v1/findings?code=CLOSED_TWICE&supplier=${mine.supplier}`)
    ).json();
    expect(items).toMatchObject([{ id: findingId, state: 'appealed' }]);
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
        items: { kind: string; operation: string; role: string; subject: string; firms: string[] }[];
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
    expect(
      ofRegion.items.every((item) => 'jurisdiction' in item && String(item.jurisdiction).startsWith('51')),
    ).toBe(true);
  });
});
