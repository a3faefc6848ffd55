import type { ChainPositions, PublishedFigure } from '../../../schemas/events/measurement.ts';
import type { Stated } from './enrolment.ts';
import { type Fact, text } from './facts.ts';
import { isLater, statedBy } from './records.ts';

/** The figures of a month as they were published; the first publication of a month stands. */
export interface Publication extends Stated {
  /** The month. */
  readonly _id: string;
  readonly knownAt: string;
  /** Up to where the chains counted; absent where it was published before that was kept. */
  readonly positions?: ChainPositions;
  readonly figures: readonly PublishedFigure[];
  readonly figuresSha256: string;
  readonly signature: {
    readonly algorithm: string;
    readonly keyId: string;
    readonly publicKeyPem: string;
    readonly value: string;
  };
  readonly by: string;
}

export function addToPublication(known: Publication | null, fact: Fact): Publication {
  if (known !== null && isLater(fact, known)) return known;
  const data = fact.data as unknown as Omit<Publication, '_id' | keyof Stated | 'by'>;
  return {
    ...statedBy(fact),
    _id: text(fact.data.period),
    knownAt: data.knownAt,
    ...(data.positions === undefined ? {} : { positions: data.positions }),
    figures: data.figures,
    figuresSha256: data.figuresSha256,
    signature: data.signature,
    by: text((fact.data.actor as { name?: unknown } | undefined)?.name),
  };
}
