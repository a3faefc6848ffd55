import type { Locator, Page } from 'playwright-core';

/** What somebody does who has no mouse, and what they must see while they do it. */

/** More stops than any page has between two places of one task. */
const MAX_STOPS = 150;

/** Where the focus is: what has it, and what is wrong with that; null where nothing has it. */
const FOCUS = `(() => {
  const at = document.activeElement;
  if (at === null || at === document.body) return null;
  const shown = at.closest('.pick') ?? at;
  const style = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const isRinged = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const isInView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const name = at.tagName + ' ' + (at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40);
  const fault = isRinged ? (isInView ? null : 'out of view') : 'no ring';
  return { name, fault };
})()`;
interface Focus {
  readonly name: string;
  readonly fault: string | null;
}

export const isFocused = async (target: Locator): Promise<boolean> =>
  (await target.and(target.page().locator(':focus')).count()) > 0;

/** What has the focus; null where it was lost. */
export const focusOf = (page: Page): Promise<Focus | null> => page.evaluate(FOCUS) as Promise<Focus | null>;

/**
 * Goes by Tab to an element.
 * @throws where it cannot be reached, or where a stop on the way cannot be seen
 */
export async function reach(target: Locator): Promise<void> {
  const page = target.page();
  await target.waitFor({ state: 'attached' });
  for (let stops = 0; stops < MAX_STOPS; stops++) {
    if (await isFocused(target)) return;
    await page.keyboard.press('Tab');
    const focus = await focusOf(page);
    // Null: past the last element, at the browser's own; the next Tab begins at the top again.
    if (focus !== null && focus.fault !== null) throw new Error(`${focus.name}: ${focus.fault}`);
  }
  throw new Error(`${target} is not reached by Tab`);
}

/** Goes to a link or button and uses it. */
export async function use(target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await reach(target);
  await target.page().keyboard.press(key);
}

/** Goes to a field and types. */
export async function type(target: Locator, text: string): Promise<void> {
  await reach(target);
  await target.page().keyboard.type(text);
}

/** Goes to a field of a date and types its parts in the order of this browser's language. @param day 2025-02-20 */
export async function typeDay(target: Locator, day: string): Promise<void> {
  const [year = '', month = '', date = ''] = day.split('-');
  await type(target, `${month}${date}${year}`);
}

/** Goes to a choice and moves by arrow, from its top, until an option stands there. */
export async function choose(target: Locator, option: string): Promise<void> {
  await reach(target);
  const { keyboard } = target.page();
  const chosen = target.locator('option:checked');
  const options = await target.locator('option').allTextContents();
  await keyboard.press('Home');
  for (let moves = 1; moves < options.length && (await chosen.textContent()) !== option; moves++)
    await keyboard.press('ArrowDown');
  if ((await chosen.textContent()) !== option)
    throw new Error(`${option} is not among ${options.join(', ')}`);
}
