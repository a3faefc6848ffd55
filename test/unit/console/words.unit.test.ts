import { expect, test } from 'vitest';
import { EVENT_TYPES } from '../../../schemas/events/index.ts';
import { words as english } from '../../../services/console/src/i18n/en/words.ts';
import { words as chinese } from '../../../services/console/src/i18n/zh/words.ts';
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
