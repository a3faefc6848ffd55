import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { settings } from './settings.ts';

const Remembered = z.record(z.string(), z.number().int());

/**
 * One free port for each name, chosen by the system. The ports of the last start are used again while they are free,
 * so that addresses noted elsewhere stay valid.
 */
export async function choosePorts<Name extends string>(
  dataDir: string,
  server: string,
  names: readonly Name[],
): Promise<Record<Name, number>> {
  const file = join(dataDir, 'ports', `${server}.json`);
  const remembered = readRemembered(file);
  const held: Server[] = [];
  const chosen: [Name, number][] = [];
  try {
    for (const name of names) {
      const listener = (await listen(remembered[name])) ?? (await listen(0));
      if (!listener) throw new Error('the system has no free port');
      // Held until all are chosen, so that no port is given out twice.
      held.push(listener.server);
      chosen.push([name, listener.port]);
    }
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  }
  const ports = Object.fromEntries(chosen) as Record<Name, number>;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(ports)}\n`);
  return ports;
}

function readRemembered(file: string): Record<string, number> {
  try {
    return Remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

function listen(port: number | undefined): Promise<{ server: Server; port: number } | null> {
  if (port === undefined) return Promise.resolve(null);
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(null));
    server.listen({ port, host: settings.bindAddress, exclusive: true }, () => {
      const address = server.address();
      done(address && typeof address === 'object' ? { server, port: address.port } : null);
    });
  });
}
