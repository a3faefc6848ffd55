import { createHash } from 'node:crypto';

/** The ETag of an answer: a hash of its text, the same in every process. */
export const entityTagOf = (text: string): string =>
  `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;

const listed = (header: string): string[] => header.split(',').map((tag) => tag.trim());
const withoutWeakness = (tag: string): string => tag.replace(/^W\//, '');

/** Whether If-None-Match names this tag. Compared weakly, since a proxy that compresses marks a tag as weak (RFC 9110, 13.1.2). */
export const knowsTag = (ifNoneMatch: string | undefined, tag: string): boolean =>
  ifNoneMatch !== undefined &&
  listed(ifNoneMatch).some((known) => known === '*' || withoutWeakness(known) === tag);

/** Whether If-Match allows an act on what has this tag; weakness is forgiven here too, since all our tags are of the content. */
export const matchesTag = (ifMatch: string, tag: string): boolean => knowsTag(ifMatch, tag);
