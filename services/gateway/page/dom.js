/** Building elements, and changing what is on the page into what it should be without replacing what stays. */

const SVG = 'http://www.w3.org/2000/svg';
const SVG_TAGS = new Set(['svg', 'rect', 'line', 'path', 'circle']);

/**
 * An element with attributes and children; children that are null or false are left out. `key` names a child among its
 * siblings, so that it is kept when their order changes.
 * @param {string} tag
 * @param {Record<string, string | number | boolean | null | undefined>} attributes
 * @param {...(Node | string | number | null | false | undefined | Array)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name === 'key' ? 'data-key' : name, value === true ? '' : String(value));
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === false || child === '') continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Makes the children of `target` those of the list, keeping elements that match, their focus and what a reader opened. */
export function patchChildren(target, wanted) {
  const focused = document.activeElement;
  const next = h('div', {}, wanted);
  morphChildren(target, next);
  // Moving an element among its siblings takes the focus from it.
  if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
    focused.focus({ preventScroll: true });
}

function morphChildren(target, next) {
  const keyed = new Map();
  for (const child of target.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = target.firstChild;
  for (const wanted of [...next.childNodes]) {
    const key = wanted.nodeType === Node.ELEMENT_NODE ? wanted.dataset.key : undefined;
    const kept = key === undefined ? at : (keyed.get(key) ?? null);
    if (kept === null || !isAlike(kept, wanted)) {
      target.insertBefore(wanted, at);
      continue;
    }
    if (kept === at) at = at.nextSibling;
    else target.insertBefore(kept, at);
    morph(kept, wanted);
  }
  while (at !== null) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}

function isAlike(kept, wanted) {
  if (kept.nodeType !== wanted.nodeType || kept.nodeName !== wanted.nodeName) return false;
  return kept.nodeType !== Node.ELEMENT_NODE || kept.dataset.key === wanted.dataset.key;
}

function morph(kept, wanted) {
  if (kept.nodeType === Node.TEXT_NODE) {
    if (kept.data !== wanted.data) kept.data = wanted.data;
    return;
  }
  // What a reader opened stays open.
  for (const { name } of [...kept.attributes])
    if (!wanted.hasAttribute(name) && name !== 'open') kept.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (kept.getAttribute(name) !== value) kept.setAttribute(name, value);
  morphChildren(kept, wanted);
}
