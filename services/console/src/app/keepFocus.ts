/** Parts of a page that somebody can be brought back to. */
const PLACES = 'li, section, form, dialog, main';
const HEADINGS = 'h1, h2, h3';

/**
 * Whoever works by keyboard, or hears the page, stays where they are when what they used goes away: a form that is done, a plan that
 * is decided. The browser would begin again at the top without a word. A button that is disabled while something is sent gets the focus
 * back after that; what is gone hands it to the nearest part of the page that is still there. Who leaves by a click is left alone.
 * @returns how to stop
 */
export function keepFocus(page: Document): () => void {
  /** What had the focus last, and all that it stood in. */
  let path: readonly Element[] = [];
  /** Whether its user sees a ring: then the place that it moves to is brought into view, else the page does not move. */
  let isByKeyboard = false;
  let isWaiting = false;
  let frame = 0;

  const remember = ({ target }: FocusEvent): void => {
    if (!(target instanceof Element)) return;
    path = ancestorsOf(target);
    isByKeyboard = target.matches(':focus-visible');
    isWaiting = false;
  };
  const mend = (): void => {
    const [last] = path;
    if (last === undefined || (page.activeElement !== null && page.activeElement !== page.body)) return;
    if (!last.isConnected) moveTo(placeFor(path), isByKeyboard);
    else if (last.matches(':disabled')) isWaiting = true;
    else if (isWaiting) moveTo(last, isByKeyboard);
    else path = [];
  };
  // Once the page has settled: while something is being taken out it still looks as if it were there.
  const mendSoon = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(mend);
  };
  const observer = new MutationObserver(mendSoon);
  observer.observe(page.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  page.addEventListener('focusin', remember);
  page.addEventListener('focusout', mendSoon);
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
    page.removeEventListener('focusin', remember);
    page.removeEventListener('focusout', mendSoon);
  };
}

function ancestorsOf(element: Element): Element[] {
  const path: Element[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement) path.push(at);
  return path;
}

/** The nearest part that is left: a step or a table itself, of anything larger its heading. */
function placeFor(path: readonly Element[]): Element | null {
  const place = path.find((element) => element.isConnected && element.matches(PLACES));
  if (place === undefined) return null;
  return place.matches('li') ? place : (place.querySelector(HEADINGS) ?? place);
}

function moveTo(element: Element | null, isByKeyboard: boolean): void {
  if (!(element instanceof HTMLElement)) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: !isByKeyboard });
}
