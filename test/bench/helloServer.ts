import fastify from 'fastify';

/** The least that a server of this kind does: one route, one small answer. For scale. */
const app = fastify();
app.get('/hello', async () => ({ hello: 'world' }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${JSON.stringify({ ready: true, url })}\n`);
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
