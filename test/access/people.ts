import { expect, it } from 'vitest';
import { EXPECTED, mine, theirs, type World } from '../support/accessExpected.ts';

import { orderPlaced, withWrongDigit } from '../support/events.ts';
import { call, stream } from './world.ts';

/** Who acts for whom: jurisdictions, delegations, invitations, consents. */
export function peopleAccess(): void {
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

  it('lets a bureau from the city upwards, and nobody below, vouch for a code with a wrong check digit', async () => {
    const uscc = withWrongDigit(mine.supplier);
    const order = {
      ...orderPlaced('deviating', { source: `/chain/${mine.leader}/erp/sap`, partitionkey: uscc }),
      data: { ...(orderPlaced('deviating').data as object), buyerUscc: mine.leader, supplierUscc: uscc },
    };
    const send = async () =>
      (
        await call('leader', 'POST', '/api/v1/events', order, {
          'content-type': 'application/cloudevents+json',
        })
      ).json();
    const relation = () =>
      call('leader', 'POST', '/api/v1/relations', {
        leader: mine.leader,
        supplier: uscc,
        from: '2023-01-01',
      });
    const override = { uscc, evidence: 'EX-2024-17', reason: 'seen in the register' };
    const record = (as: string) => call(as, 'POST', '/api/v1/uscc-overrides', override);
    const refused = { code: 'BAD_CHECK_DIGIT' };

    expect(await send()).toMatchObject({ written: 0, receipts: [refused] });
    expect((await relation()).json()).toMatchObject({
      ...refused,
      details: { fields: [{ field: 'supplier', messageZh: expect.stringContaining('校验位不对') }] },
    });
    for (const as of ['district', 'zone'])
      expect((await record(as)).json(), as).toMatchObject({ code: 'FORBIDDEN', detailZh: /市级以上/ });
    expect((await record('bureau')).statusCode).toBe(201);
    expect((await relation()).statusCode).toBe(201);
    // At once, though the registry in memory is read once a second.
    expect(await send()).toMatchObject({ written: 1 });
    const listed = await call('financial-auditor', 'GET', '/api/v1/uscc-overrides');
    expect(listed.json().items).toMatchObject([{ uscc, state: 'standing', evidence: 'EX-2024-17' }]);

    const end = { uscc, reason: 'the register was mended' };
    expect((await call('ministry', 'POST', '/api/v1/uscc-overrides/revocations', end)).statusCode).toBe(201);
    expect((await relation()).json()).toMatchObject(refused);
    expect((await call('ministry', 'POST', '/api/v1/uscc-overrides/revocations', end)).json()).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('lets a provider act once the supplier has delegated, and no longer', async () => {
    const act = () => call('provider', 'POST', '/api/v1/onboardings/acts', EXPECTED.act.ask?.(mine).payload);
    const body = { supplier: mine.supplier, provider: mine.provider };
    // In another's name, so that it is refused all the same and begins nothing that other stories would count.
    const application = {
      specversion: '1.0',
      id: `applied-${mine.supplier}`,
      source: `/provider/${mine.provider}`,
      type: 'onboarding.supplier-applied.v1',
      time: '2024-03-01T08:00:00Z',
      partitionkey: mine.supplier,
      data: {
        ...{
          supplierUscc: mine.supplier,
          providerUscc: theirs.provider,
          platform: 'alpha',
          programme: 'sme-applied',
        },
        ...{ supplierName: 'Applies', cityCode: mine.cityCode, industryCode: '3670' },
      },
    };
    const apply = async () =>
      (
        await call('provider', 'POST', '/api/v1/events?receipts=all', application, {
          'content-type': 'application/cloudevents+json',
        })
      ).json();
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
    expect((await apply()).receipts).toMatchObject([
      { code: 'NOT_AUTHORISED', explanation: `${mine.supplier} has not let you act on its behalf` },
    ]);
    const over = await call('supplier', 'POST', '/api/v1/delegations', { ...body, validUntil: '2020-01-31' });
    expect(over.json()).toMatchObject({ code: 'BAD_INPUT', details: { fields: [{ field: 'validUntil' }] } });
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
    const lasting = { ...body, validUntil: '2099-12-31' };
    expect((await call('supplier', 'POST', '/api/v1/delegations', lasting)).statusCode).toBe(201);
    expect((await act()).json()).toMatchObject({ code: 'NOT_FOUND' });
    expect((await apply()).receipts[0].explanation).toContain('nobody speaks for another firm');
    expect((await call('supplier', 'POST', '/api/v1/delegations/withdrawals', body)).statusCode).toBe(201);
    expect((await act()).json()).toMatchObject({ code: 'FORBIDDEN' });
    expect((await apply()).receipts[0].explanation).toContain('has not let you');
  });

  it('lets a provider see and act for a supplier that has delegated, before it is engaged, and no longer', async () => {
    const { supplier } = theirs;
    const body = { supplier, provider: mine.provider };
    const act = () =>
      call('provider', 'POST', '/api/v1/onboardings/acts', EXPECTED.act.ask?.(theirs).payload);
    const seen = async () => ({
      delegatedBy: (
        (await call('provider', 'GET', '/api/v1/me')).json() as { delegatedBy: { uscc: string }[] }
      ).delegatedBy.map(({ uscc }) => uscc),
      firm: (await call('provider', 'GET', `/api/v1/suppliers/${supplier}`)).statusCode,
      papers: (await call('provider', 'GET', `/api/v1/suppliers/${supplier}/evidence`)).statusCode,
      listed: (
        (await call('provider', 'GET', `/api/v1/onboardings?supplier=${supplier}`)).json() as {
          items: unknown[];
        }
      ).items.length,
    });
    const nothing = { delegatedBy: [], firm: 404, papers: 404, listed: 0 };
    expect(await seen()).toEqual(nothing);
    expect((await call('theirSupplier', 'POST', '/api/v1/delegations', body)).statusCode).toBe(201);
    expect(await seen()).toEqual({ delegatedBy: [supplier], firm: 200, papers: 200, listed: 1 });
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
}
