import type { FastifyInstance, FastifyReply } from 'fastify';

export const BYTES = 'application/octet-stream';

/** Lets the routes of `app` take a file as their body, and nothing else. */
export function takeBytes(app: FastifyInstance, maxBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(BYTES, { parseAs: 'buffer', bodyLimit: maxBytes }, (_request, body, done) =>
    done(null, body),
  );
}

/** Whatever somebody handed in is saved, never run in the name of this server. */
export const sendFileOf = (reply: FastifyReply, fileName: string, bytes: Buffer): FastifyReply =>
  reply
    .type(BYTES)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`)
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('x-content-type-options', 'nosniff')
    .send(bytes);
