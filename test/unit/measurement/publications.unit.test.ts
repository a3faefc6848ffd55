import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PublishedFigure } from '../../../schemas/events/measurement.ts';
import { signedPublication } from '../../../services/measurement/adapters/publish.ts';
import { isSignedBy, keyIdOf } from '../../../services/measurement/adapters/signing.ts';
import {
  figuresOfLevels,
  figuresSha256,
  signedText,
} from '../../../services/measurement/domain/publications.ts';
import { testUscc } from '../../support/events.ts';

const PERIOD = '2024-10';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signer = {
  keyId: keyIdOf(publicKeyPem) ?? '',
  publicKeyPem,
  sign: (text: string) => sign(null, Buffer.from(text), privateKey).toString('base64'),
};
const figure = (group: string, reason: string | null = null): PublishedFigure => ({
  ...{ figureId: `inventory-turns/v1/${group}/${PERIOD}`, value: 5, numerator: 10, denominator: 2 },
  ...{ eventCount: 3, reason },
});
const many = (count: number, reason: string | null = null): PublishedFigure[] =>
  Array.from({ length: count }, (_, index) => figure(`zone:${index}`, reason));
const publish = (figures: readonly PublishedFigure[]) =>
  signedPublication(signer, {
    ...{ period: PERIOD, knownAt: '2024-11-02T00:00:00.000Z', positions: {}, figures: [...figures] },
    actor: { name: 'Li', role: 'operator' },
  });

describe('a publication', () => {
  it('states the figures with their hash, signed', () => {
    const figures = many(5_000);
    const { figuresSha256: sha256, signature } = publish(figures);
    expect(sha256).toBe(figuresSha256(figures));
    expect(isSignedBy(signature.publicKeyPem, signedText(PERIOD, sha256), signature.value)).toBe(true);
  });

  it.each([
    ['figures', many(5_001), '5001 figures'],
    [
      'bytes',
      many(4_900, 'only stock that others hold on consignment was reported; '.repeat(2)),
      '4900 figures',
    ],
  ])('with more %s than a record holds is refused, and says how many', (_, figures, said) => {
    expect(() => publish(figures)).toThrow(
      expect.objectContaining({ code: 'PUBLICATION_TOO_LARGE', message: expect.stringContaining(said) }),
    );
  });

  it('of some levels has the figures of their groups and every target', () => {
    const target = { ...figure('-'), figureId: `target/510100/${PERIOD}` };
    const second = { ...figure('-'), figureId: `target/510100/programme:q/${PERIOD}` };
    const [city, district] = [figure('region:510100'), figure('region:510112')];
    const chain = figure(`chain:${testUscc(1)}`);
    const all = [city, district, chain, target, second];
    expect(figuresOfLevels(all, ['city'])).toEqual([city, target, second]);
    expect(figuresOfLevels(all, ['chain', 'district'])).toEqual([district, chain, target, second]);
  });
});
