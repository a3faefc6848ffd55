import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DEFAULT_OPTIONS, estimate, readPanelCsv } from '../../../services/audit/index.ts';

const COLUMNS = { unit: 'unit', time: 'time', outcome: 'outcome', cohort: 'cohort' };

// NumPy least squares on unit and period dummies; clustered error without small-sample factor.
it.each([
  ['balanced', 0.4119270543615735, 0.07337936159277596],
  ['unbalanced', 0.3290504261410253, 0.0859480562834486],
  ['few-clusters', 0.3327802777777684, 0.07959157066919445],
  ['covariates-unbalanced', 0.7523044088357885, 0.07840795733013382],
])('two-way fixed effects equal least squares with dummies: %s', (panel, att, se) => {
  const { twfe } = estimate(
    readPanelCsv(join(import.meta.dirname, `../../reference/panels/${panel}.csv`), COLUMNS),
    DEFAULT_OPTIONS,
  );
  expect(twfe.att).toBeCloseTo(att, 10);
  expect(twfe.se).toBeCloseTo(se, 10);
});
