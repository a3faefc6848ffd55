/** Markup that needs no escaping any more. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

type Part = Html | string | number | null | undefined | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const render = (part: Part): string => {
  if (part === null || part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(render).join('');
  return String(part).replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
};

/** Template whose values are escaped, except markup made by it before. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((text, string, index) => text + render(parts[index - 1]) + string));

/** A table with its head; numbers are right-aligned by class. */
export const htmlTable = (head: readonly (string | Html)[], rows: readonly (readonly Part[])[]): Html => html`
<table>
<thead><tr>${head.map((name) => html`<th>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
  (
    row,
  ) => html`<tr>${row.map((value) => (isNumeric(value) ? html`<td class="n">${value}</td>` : html`<td>${value}</td>`))}</tr>
`,
)}</tbody>
</table>`;

const isNumeric = (value: Part): boolean => typeof value === 'string' && /^[+−–]?[\d,.]*( %)?$/.test(value);
