import type { Page } from 'playwright-core';
import { ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { chains, targets } from './fixture.ts';

/** In which words a page speaks, and where it falls into the other language. */

export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** All that is read on a page or heard of it: its text, that of its charts, and the names of its parts. */
const WORDS = `[
  document.body.innerText,
  ...[...document.querySelectorAll('svg text')].map((text) => text.textContent),
  ...['title', 'aria-label', 'placeholder', 'alt'].flatMap((name) =>
    [...document.querySelectorAll('[' + name + ']')].map((element) => element.getAttribute(name))),
].join('\\n')`;

/** Four English words in a row. */
const ENGLISH = /\b[A-Za-z]+,? [a-z]+,? [a-z]+,? [a-z]+\b/g;
const CHINESE = /[\p{Script=Han}，。：；、（）]+/gu;
/** A text that is missing shows as its key: `nav.home`. */
const KEY = /\b[a-z]+[A-Z]?[a-z]*\.[a-zA-Z]+\b/g;
/** Topics and files, whose names have a dot as well. */
const NOT_A_KEY = /^(erp|platform|data)\.|\.(csv|json|md|pdf|xlsx)$/;
const TOPICS = new Set<string>([ACTS, PROGRAMME_EVENTS, SUPPLIER_REPORTS]);

/** What is Chinese on a page in English: the names of cities and chains, what people wrote, and the way back to Chinese. */
const DATA = [
  ...targets.cities.map(({ name }) => name),
  ...chains.chains.map(({ name }) => name),
  ...['价格没有分项', '以后一次结账为准', '企业已重新结账', '合同.pdf', '现场.pdf', '中文'],
];

/** Shows a page in another language where it stands, by the choice that every page has. */
export async function speak(page: Page, language: Language): Promise<void> {
  await page.locator('.tools select').selectOption(language);
  await page.locator(`html[lang^="${language}"]`).waitFor();
}

/** What on a page is not in its language: keys without a text, sentences of the other language. */
export async function foreignWords(page: Page, language: Language): Promise<string[]> {
  const words = (await page.evaluate(WORDS)) as string;
  const keys = (words.match(KEY) ?? []).filter((word) => !NOT_A_KEY.test(word) && !TOPICS.has(word));
  if (language === 'zh') return [...keys, ...(words.match(ENGLISH) ?? [])];
  const own = DATA.reduce((text, name) => text.replaceAll(name, ''), words);
  return [...keys, ...(own.match(CHINESE) ?? [])];
}
