import type { ActTarget } from '../api/acts.ts';
import type { Statement } from '../api/statements.ts';

interface Field {
  readonly name: string;
  readonly type: 'text' | 'date' | 'number';
  readonly min?: number;
  readonly step?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const day = (name: string): Field => ({ name, type: 'date' });

/** Steps that a supplier does by stating that they are done, and what it has to say. */
export const STATEMENTS = {
  CONTRACTED: {
    type: 'onboarding.contract-signed.v1',
    fields: [
      { name: 'contractNumber', type: 'text', maxLength: 60 },
      day('signedOn'),
      { name: 'amountYuan', type: 'number', min: 0, step: '0.01' },
      { name: 'providerUscc', type: 'text', minLength: 18, maxLength: 18 },
    ],
  },
  TRAINED: {
    type: 'onboarding.training-completed.v1',
    fields: [day('completedOn'), { name: 'trainedPersons', type: 'number', min: 1, step: '1' }],
  },
  LIVE: { type: 'onboarding.go-live-confirmed.v1', fields: [day('liveOn')] },
} as const satisfies Record<string, { readonly type: string; readonly fields: readonly Field[] }>;

export type StatedStep = keyof typeof STATEMENTS;
export const isStated = (step: string): step is StatedStep => step in STATEMENTS;

const FEN_PER_YUAN = 100;

/** What was typed, in the units and types of the event. */
export function dataOf(step: StatedStep, typed: Readonly<Record<string, string>>): Record<string, unknown> {
  const read = (name: string): string => (typed[name] ?? '').trim();
  switch (step) {
    case 'CONTRACTED':
      return {
        contractNumber: read('contractNumber'),
        signedOn: read('signedOn'),
        amountFen: Math.round(Number(read('amountYuan')) * FEN_PER_YUAN),
        currency: 'CNY',
        providerUscc: read('providerUscc').toUpperCase(),
      };
    case 'TRAINED':
      return { completedOn: read('completedOn'), trainedPersons: Number(read('trainedPersons')) };
    case 'LIVE':
      return { liveOn: read('liveOn') };
    default: {
      const unknown: never = step;
      return unknown;
    }
  }
}

/** What the firm says itself of a step. */
export const statementOf = (
  step: StatedStep,
  target: ActTarget,
  typed: Readonly<Record<string, string>>,
): Statement => ({
  type: STATEMENTS[step].type,
  source: `/supplier/${target.supplierUscc}/portal`,
  target,
  data: dataOf(step, typed),
});
