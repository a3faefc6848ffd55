import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkPaper } from '../../../../schemas/api/auditSample.ts';
import type { Frame } from '../../domain/frame.ts';
import { workPaperHtml } from './workPaperHtml.ts';

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csv = (lines: readonly (readonly string[])[]): string =>
  `${lines.map((line) => line.map(cell).join(',')).join('\n')}\n`;

/** Writes the frozen frame, an empty form for results, and a work-paper a firm, as JSON and as a page to print. */
export async function writeDraw(
  folder: string,
  frame: Frame,
  papers: readonly WorkPaper[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files = new Map([
    [
      'frame.csv',
      csv([frame.columns, ...frame.rows.map((row) => frame.columns.map((name) => row.cells[name] ?? ''))]),
    ],
    ['results.csv', csv([['uscc', 'result', 'comment'], ...papers.map(({ uscc }) => [uscc, '', ''])])],
    ...papers.flatMap((paper): [string, string][] => [
      [`${paper.uscc}.json`, `${JSON.stringify(paper, null, 2)}\n`],
      [`${paper.uscc}.html`, workPaperHtml(paper)],
    ]),
  ]);
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  return [...files.keys()];
}
