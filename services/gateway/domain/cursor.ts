import { z } from 'zod';
import { ChainlightError } from '../../../schemas/errors.ts';

/** Where a page ended: the sort value and the id of its last item. */
const Position = z.tuple([z.union([z.string(), z.number(), z.null()]), z.string()]);
export type Position = z.infer<typeof Position>;

export const cursorOf = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** @throws ChainlightError BAD_INPUT for a text that is no cursor of ours */
export function positionOf(cursor: string): Position {
  try {
    return Position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw new ChainlightError('BAD_INPUT', 'cursor: take it from nextCursor of the page before', {
      fields: [{ field: 'cursor', message: 'is none of ours' }],
    });
  }
}
