import { z } from 'zod';

export const PAGE_LIMIT = 200;

/** The part of a list's query that turns its pages. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(50),
  /** `nextCursor` of the page before; opaque. */
  cursor: z.string().min(1).max(600).optional(),
});

/** A page of a list. `total` counts all that match; `nextCursor` is null on the last page. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    total: z.number().int().min(0),
    items: z.array(item),
    nextCursor: z.string().nullable(),
  });
