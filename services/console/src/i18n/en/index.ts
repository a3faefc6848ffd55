import type { Texts } from '../zh/index.ts';
import { bureau } from './bureau.ts';
import { findingWords } from './findings.ts';
import { leader } from './leader.ts';
import { problems } from './problems.ts';
import { samples } from './samples.ts';
import { shared } from './shared.ts';
import { supplier } from './supplier.ts';
import { webhooks } from './webhooks.ts';
import { words } from './words.ts';

export const en: Texts = {
  ...shared,
  ...words,
  ...supplier,
  ...leader,
  ...bureau,
  ...samples,
  ...webhooks,
  ...problems,
  ...findingWords,
};
