import { expect, it } from 'vitest';
import { isRefusedForGood } from '../../../services/onboarding/domain/smtpReplies.ts';

const refusal = (responseCode: number | undefined, command: string) =>
  Object.assign(new Error('no'), { responseCode, command });

it.each([
  ['an unknown mailbox', refusal(550, 'RCPT TO'), true],
  ['a letter that is not wanted', refusal(554, 'DATA'), true],
  ['a mailbox that is full for now', refusal(452, 'RCPT TO'), false],
  ['commands in a wrong order', refusal(503, 'RCPT TO'), false],
  ['a password that has expired', refusal(535, 'AUTH PLAIN'), false],
  ['a sender that may not send', refusal(550, 'MAIL FROM'), false],
  ['a server that takes nobody in', refusal(554, 'CONN'), false],
  ['a server that is away', refusal(undefined, 'CONN'), false],
  ['what is no error', { responseCode: 550, command: 'RCPT TO' }, false],
])('%s', (_, error, expected) => expect(isRefusedForGood(error)).toBe(expected));
