import { expect } from 'vitest';

/** Names that stay as they are in a Chinese sentence. */
const NAMES = /\b(?:AI|ERP|MES|Kafka|USCC|SHA-256)\b|[a-z]+:\w+|[A-Z0-9]{18}|[CF]\d+/g;

/** Fails unless a text is a Chinese one: Chinese characters, and no Latin word beside names and ids. */
export function expectChinese(text: string | undefined): void {
  expect(text).toMatch(/\p{Script=Han}/u);
  expect((text ?? '').replace(NAMES, '')).not.toMatch(/[A-Za-z]{2,}/);
}

/** Fails unless a text is a Chinese sentence; names of fields, types and sources may stand in it, English words may not. */
export function expectChineseSentence(text: string | undefined): void {
  expect(text).toMatch(/\p{Script=Han}/u);
  expect(text).not.toMatch(/[A-Za-z]+ [a-z]+ [a-z]+/);
}
