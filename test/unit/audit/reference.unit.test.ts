import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EstimateResult } from '../../../schemas/api/audit.ts';
import {
  DEFAULT_OPTIONS,
  type EstimateOptions,
  estimate,
  readPanelCsv,
} from '../../../services/audit/index.ts';

interface Reference {
  readonly cases: readonly {
    readonly title: string;
    readonly panel: string;
    readonly options: Pick<EstimateOptions, 'control' | 'base' | 'anticipation' | 'unbalanced'> & {
      covariates: string[];
      cluster: string | null;
    };
    readonly figures: Record<string, { value: number | null; agreed?: string[] }>;
  }[];
}

const folder = join(import.meta.dirname, '../../reference');
const reference: Reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));

/** Every figure of a result under the name that the reference gives it. */
function figuresOf(result: EstimateResult): Map<string, number | null> {
  const figures = new Map<string, number | null>();
  const put = (name: string, { att, se }: { att: number | null; se: number | null }) =>
    figures.set(`${name} att`, att).set(`${name} se`, se);
  for (const cell of result.attgt) put(`attgt ${cell.group} ${cell.time}`, cell);
  put('simple', result.simple);
  put('dynamic overall', result.dynamic.overall);
  for (const row of result.dynamic.egt) put(`dynamic ${row.e}`, row);
  put('group overall', result.group.overall);
  for (const row of result.group.groups) put(`group ${row.group}`, row);
  put('calendar overall', result.calendar.overall);
  for (const row of result.calendar.times) put(`calendar ${row.time}`, row);
  return figures;
}

describe.each(reference.cases)('$title', ({ panel, options, figures }) => {
  const agreed = Object.entries(figures).filter(([, figure]) => figure.value !== null);
  const ours = figuresOf(
    estimate(
      readPanelCsv(join(folder, 'panels', `${panel}.csv`), {
        unit: 'unit',
        time: 'time',
        outcome: 'outcome',
        cohort: 'cohort',
        covariates: options.covariates,
        cluster: options.cluster ?? undefined,
      }),
      { ...DEFAULT_OPTIONS, ...options },
    ),
  );

  it(`equals the ${agreed.length} figures on which public implementations agree`, () => {
    const wrong = agreed.flatMap(([name, { value, agreed: by }]) => {
      const own = ours.get(name) ?? Number.NaN;
      const tolerance = name.endsWith(' att') ? 1e-8 : 1e-6 * Math.abs(value ?? 0);
      return Math.abs(own - (value ?? 0)) <= tolerance
        ? []
        : [`${name}: ours ${own}, theirs ${value} (${by?.join(', ')})`];
    });
    expect(wrong).toEqual([]);
  });
});
