import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationId } from '../../schemas/api/operations/index.ts';
import { ROLES } from '../../schemas/tenancy.ts';
import { peopleAccess } from '../access/people.ts';
import { recordsAccess } from '../access/records.ts';
import { app, ask, call, closeAccess, FILE_NAME, fileOf, openAccess } from '../access/world.ts';
import { EXPECTED, mine, SEES_ALL, theirs } from '../support/accessExpected.ts';

/** Every operation asked as every role in one's own and in a foreign world, then the stories behind the answers. */
describe('who may do and see what', () => {
  beforeAll(openAccess);
  afterAll(closeAccess);

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

  it.each([
    'downloadEvidence',
    'downloadAttachment',
  ] as const)('gives by %s a file to be saved, never to be run', async (id) => {
    const { rawPayload, headers } = await ask('operator', id, theirs);
    expect(rawPayload).toEqual(fileOf(theirs));
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(FILE_NAME)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  // Whatever was answered above as if there were none is there.
  it.each([
    'showDeadLetter',
    'resendInvitation',
    'withdrawInvitation',
  ] as const)('has in the other world what %s asks for', async (id) =>
    expect((await ask('operator', id, theirs)).statusCode).toBe(200));

  peopleAccess();
  recordsAccess();
});
