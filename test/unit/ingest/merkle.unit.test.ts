import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnchoredVerdict,
  decodeRun,
  departureOf,
  encodeRun,
} from '../../../services/ingest/domain/anchors.ts';
import { VERDICTS } from '../../../services/ingest/domain/chain.ts';
import { DayCutter } from '../../../services/ingest/domain/dayRoots.ts';
import { InclusionPath, leafHash, MerkleTree, rootOfPath } from '../../../services/ingest/domain/merkle.ts';

const treeOf = (leaves: readonly Buffer[]): MerkleTree => {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree;
};

describe('the Merkle tree', () => {
  /** Inputs and roots of Certificate Transparency's own reference implementation. */
  const inputs = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];

  it.each(
    roots.map((root, index) => [index + 1, root] as const),
  )('is that of RFC 6962 over %i leaves', (count, root) => {
    const leaves = inputs.slice(0, count).map((hex) => leafHash(Buffer.from(hex, 'hex').toString('latin1')));
    expect(treeOf(leaves).root().toString('hex')).toBe(root);
  });

  it('over no leaf is the hash of nothing', () => {
    expect(treeOf([]).root().toString('hex')).toMatch(/^e3b0c442/);
  });

  it('proves each of its leaves, and no other in its place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), (size, chosen) => {
        const leaves = Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`));
        const index = chosen % size;
        const path = new InclusionPath(index, size);
        for (const leaf of leaves) path.add(leaf);
        const root = treeOf(leaves).root();
        expect(rootOfPath(leaves[index] as Buffer, path.steps())).toEqual(root);
        expect(rootOfPath(leafHash('forged'), path.steps())).not.toEqual(root);
      }),
    );
  });
});

describe('a chain cut into days', () => {
  const where = { topic: 'erp.x', partition: 0 };
  const leaf = leafHash('any');
  const cut = (instants: readonly string[], ...rest: [] | [[], string]) => {
    const cutter = new DayCutter(where, rest[0] ?? [], rest[1] ?? null);
    for (const instant of instants) cutter.add(new Date(instant), leaf);
    return cutter.shares().map(({ day, firstSeq, lastSeq }) => [day, firstSeq, lastSeq]);
  };

  it('changes at midnight in UTC', () => {
    expect(cut(['2025-01-15T23:59:59.999Z', '2025-01-16T00:00:00.000Z'])).toEqual([
      ['2025-01-15', 1, 1],
      ['2025-01-16', 2, 2],
    ]);
  });

  it('never goes back to an earlier day, whatever a clock says', () => {
    expect(cut(['2025-01-16T00:00:01Z', '2025-01-15T23:59:59Z'])).toEqual([['2025-01-16', 1, 2]]);
    expect(cut(['2025-01-15T23:59:59Z'], [], '2025-01-15')).toEqual([['2025-01-16', 1, 1]]);
  });
});

describe('a line of the anchor file', () => {
  const verdict = fc.record({
    offset: fc.nat(1_000_000),
    verdict: fc.constantFrom(...VERDICTS),
    identity: fc.option(
      fc
        .tuple(fc.constantFrom('/chain/1/erp/a', '/supplier/2/b'), fc.string())
        .map((parts) => parts.join(' ')),
      { nil: null },
    ),
    fingerprint: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(
        fc.array(verdict, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 1e9 }),
        (items, from) => {
          const verdicts: AnchoredVerdict[] = items.map((item, index) => ({ ...item, seq: from + index }));
          expect(decodeRun(encodeRun(verdicts))).toEqual(verdicts);
        },
      ),
    );
  });

  it('is refused when its parts do not belong together', () => {
    const fingerprint = Buffer.alloc(8);
    const run = encodeRun([{ seq: 1, offset: 0, verdict: 'accepted', identity: 's id', fingerprint }]);
    expect(decodeRun({ ...run, verdicts: 'aa' })).toBeNull();
    expect(decodeRun({ ...run, leaves: '' })).toBeNull();
    expect(decodeRun({ ...run, offsets: [[0, 2]] })).toBeNull();
    expect(decodeRun({ ...run, ids: [[1, 'id']] })).toBeNull();
  });
});

describe('the first departure from what was kept', () => {
  const kept = { offset: 4, verdict: 'accepted', identity: 's a' } as const;
  const other = { offset: 5, verdict: 'accepted', identity: 's b' } as const;
  it.each([
    [kept, false, false, 'altered', 'anchored'],
    [{ ...kept, offset: 9 }, false, false, 'altered', 'anchored'],
    [other, true, false, 'inserted', 'stored'],
    [other, false, true, 'missing', 'anchored'],
    [other, true, true, 'altered', 'anchored'],
    [other, false, false, 'altered', 'anchored'],
  ] as const)('%o, kept later %s, known later %s: %s', (stored, anchoredInStore, storedInFile, kind, named) => {
    expect(departureOf(kept, stored, { anchoredInStore, storedInFile })).toMatchObject({ kind, named });
  });
});
