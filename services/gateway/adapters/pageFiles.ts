import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
/** Names in this folder carry a hash of the content: such a file never changes. */
const HASHED = '/assets/';

export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
  /** The same, compressed; null where that would save nothing. */
  readonly gzipped: Buffer | null;
  /** Hash of the content, as HTTP wants it. */
  readonly etag: string;
  readonly isImmutable: boolean;
}

/**
 * The files of the console by their address (`/` is index.html), read once: nothing else can ever be served. None where the
 * console was not built: the interface works without it.
 */
export async function readPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  if (!existsSync(folder)) return files;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const contentType = CONTENT_TYPES[extname(entry.name)];
    if (contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
    const address = `/${relative(folder, path).split(sep).join('/')}`;
    files.set(address === '/index.html' ? '/' : address, {
      contentType,
      body,
      gzipped: await gzippedIfSmaller(body),
      etag,
      isImmutable: address.startsWith(HASHED),
    });
  }
  return files;
}

async function gzippedIfSmaller(body: Buffer): Promise<Buffer | null> {
  const packed = await promisify(gzip)(body);
  return packed.length < body.length ? packed : null;
}
