import type { TFunction } from 'i18next';
import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { words as english } from '../../../services/console/src/i18n/en/words.ts';
import { words as chinese } from '../../../services/console/src/i18n/zh/words.ts';
import { figureInWords } from '../../../services/console/src/ui/words.ts';
import { NULL_REASONS } from '../../../services/measurement/domain/kpi.ts';

test('every event of an onboarding has words in both languages', () => {
  const types = [...EVENT_TYPES.keys()].filter((type) => type.startsWith('onboarding.'));
  expect(Object.keys(english.eventType)).toEqual(expect.arrayContaining(types));
  expect(Object.keys(chinese.eventType)).toEqual(Object.keys(english.eventType));
});

test('every reason for a missing figure has words in both languages, the English ones being the services’ own', () => {
  expect(english.nullReason).toMatchObject(NULL_REASONS);
  expect(Object.keys(chinese.nullReason)).toEqual(Object.keys(english.nullReason));
});

test('figures are named in words where they have any', () => {
  const t = ((key: string, options?: { defaultValue?: string }) =>
    key === 'kpi.inventoryTurns' ? '库存周转' : (options?.defaultValue ?? key)) as unknown as TFunction;
  expect(figureInWords(t, 'inventory-turns/v1/region:510100/2024-03')).toBe('库存周转 · 510100 · 2024-03');
  expect(figureInWords(t, 'inventory-turns/v1/91510112MA0000007K/baseline')).toBe(
    '库存周转 · 91510112MA0000007K · mine.before',
  );
  expect(figureInWords(t, 'target/510100')).toBe('target.progress · 510100');
  expect(figureInWords(t, 'target/510100/programme:q/2024-10')).toBe(
    'target.progress · 510100 · q · 2024-10',
  );
  expect(figureInWords(t, 'targets/done/-')).toBe('targets/done/-');
});
