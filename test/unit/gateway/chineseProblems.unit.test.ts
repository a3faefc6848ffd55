import { readdirSync, readFileSync } from 'node:fs';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TFunction } from 'i18next';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ChainlightError, ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import { findingWords } from '../../../services/console/src/i18n/zh/findings.ts';
import { problems } from '../../../services/console/src/i18n/zh/problems.ts';
import { words } from '../../../services/console/src/i18n/zh/words.ts';
import { problemInWords } from '../../../services/console/src/ui/problemWords.ts';
import { submitAct } from '../../../services/gateway/adapters/acts.ts';
import { parseInput, problemOf } from '../../../services/gateway/problem.ts';
import { expectChineseSentence } from '../../support/chinese.ts';

/** Whatever the interface refuses, a page in Chinese says it in Chinese. */

/** Their own words say all that a person can use; what the service adds concerns a program or names what was asked for. */
const SAY_ALL: ReadonlySet<string> = new Set([
  ...['NOT_FOUND', 'UNAUTHENTICATED', 'TOO_MANY_REQUESTS', 'CROSS_SITE', 'METHOD_NOT_ALLOWED', 'CONFLICT'],
  ...[
    'PRECONDITION_FAILED',
    'CONSENT_REQUIRED',
    'NOT_JSON',
    'BAD_USAGE',
    'NOT_AUTHORISED',
    'PAYLOAD_TOO_LARGE',
  ],
]);
/** Refusals of headers, cursors and commands that no page sends. */
const OF_PROGRAMS =
  /^(If-Match|Idempotency-Key|cursor|draw|at): |^\$\{uscc\} is not a registered leader|^the topic /;
const FOLDERS = ['services/gateway', 'workflows', 'services/audit/domain'];
const FILES_OF_COMMANDS = /audit\/domain\/(?!workPaper)/;

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true })
    .map((file) => `${folder}/${file}`)
    .filter((file) => file.endsWith('.ts') && !FILES_OF_COMMANDS.test(file));

/** Every `new ChainlightError(code, text…)` of a file whose text is in one language. */
function plainRefusals(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'ChainlightError') {
      const [code, text] = node.arguments ?? [];
      const name = code !== undefined && ts.isStringLiteral(code) ? code.text : '';
      const said =
        text !== undefined && (ts.isStringLiteral(text) || ts.isTemplateExpression(text)) ? text : null;
      const isOurs = name in ERRORS && ERRORS[name as ErrorCode].status >= 500;
      if (said !== null && !isOurs && !SAY_ALL.has(name) && !OF_PROGRAMS.test(said.getText(source).slice(1)))
        found.push(`${file}: ${name} ${said.getText(source)}`);
    }
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

test('every refusal that tells more than its code tells it in both languages', () => {
  const files = FOLDERS.flatMap(filesOf);
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap(plainRefusals)).toEqual([]);
});

test('every code of the catalogue has Chinese words: as a problem, a refused record or a finding', () => {
  const told = { ...problems.problem.code, ...words.refusal, ...findingWords.findingCode };
  const ofCommands =
    /^(MISSING_TOOL|DOWNLOAD_FAILED|START_FAILED|LOCK_HELD|CHAIN_FENCED|TOPIC_CUT_BACK|SIGNATURE_WRONG|.*_UNWRITABLE|SEARCH_ATTRIBUTES_MISSING)$/;
  const missing = Object.keys(ERRORS).filter((code) => !(code in told) && !ofCommands.test(code));
  expect(missing).toEqual([]);
  for (const code of Object.keys(problems.problem.code)) expect(Object.keys(ERRORS)).toContain(code);
  for (const { what, remedy } of Object.values(problems.problem.code))
    for (const text of [what, remedy]) expectChineseSentence(text);
});

test('a page in Chinese never shows the service’s English', () => {
  const t = ((key: string) => key) as unknown as TFunction;
  const inWords = (error: ChainlightError) => problemInWords(t, 'zh', problemOf(error, 'r'));
  expect(inWords(new ChainlightError('CONFLICT', 'only in English')).detail).toBeNull();
  let refused: unknown;
  try {
    parseInput(z.strictObject({ limit: z.number().max(200) }), { limit: 1_000, colour: 'red' });
  } catch (error) {
    refused = error;
  }
  const { detail } = inWords(refused as ChainlightError);
  expect(detail).toBe('limit：不得大于 200；（整体）：没有这样的项：colour');
});

test('an onboarding’s refusal comes through Temporal in both languages', async () => {
  const said = { en: 'the plan has been decided', zh: '方案已经作出决定' };
  const failed = new WorkflowUpdateFailedError(
    'update failed',
    ApplicationFailure.nonRetryable(said.en, 'NOT_WAITING_FOR_THIS', said),
  );
  const handle = { executeUpdate: () => Promise.reject(failed) };
  const client = {
    workflow: { getHandle: () => handle },
    withDeadline: (_: unknown, work: () => unknown) => work(),
  };
  const submitted = submitAct(
    { client } as never,
    { act: 'withdraw' } as never,
    () => 'id',
    async () => null,
  );
  await expect(submitted).rejects.toMatchObject({
    code: 'NOT_WAITING_FOR_THIS',
    message: said.en,
    zh: said.zh,
  });
});
