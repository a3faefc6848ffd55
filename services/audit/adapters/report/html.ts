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

/** A table with its head; columns whose cells are all numbers are right-aligned. */
export function htmlTable(head: readonly string[], rows: readonly (readonly Part[])[]): Html {
  const isRight = head.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const side = (column: number) => (isRight[column] === true ? new Html(' class="n"') : null);
  return html`
<table>
<thead><tr>${head.map((name, column) => html`<th${side(column)}>${name}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr>${row.map((value, column) => html`<td${side(column)}>${value}</td>`)}</tr>
`,
  )}</tbody>
</table>`;
}

const isNumber = (value: Part): boolean => typeof value === 'string' && /^[+−–]?[\d,.]*( %)?$/.test(value);
