import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Ask {
  readonly route: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The value below which a share of the sorted values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/** Asks once and reads the answer to its end. @returns milliseconds @throws when it is no 200 */
export function ask(agent: Agent, { url, headers }: Ask): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - begun);
        else reject(new Error(`${url} answers ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Users that look, think and look again; their first looks are spread over one pause. @returns milliseconds by route */
export async function users(
  count: number,
  thinkMs: number,
  durationMs: number,
  next: (user: number, look: number) => Ask,
): Promise<Map<string, number[]>> {
  const agent = new Agent({ keepAlive: true });
  const times = new Map<string, number[]>();
  const endAt = performance.now() + durationMs;
  await Promise.all(
    Array.from({ length: count }, async (_, user) => {
      await sleep((thinkMs * user) / count);
      for (let look = 0; performance.now() < endAt; look++) {
        const one = next(user, look);
        const ms = await ask(agent, one);
        times.set(one.route, [...(times.get(one.route) ?? []), ms]);
        await sleep(thinkMs);
      }
    }),
  );
  agent.destroy();
  return times;
}

/** As many requests as go through `connections` connections without a pause. @returns requests a second */
export async function saturate(
  connections: number,
  durationMs: number,
  next: (look: number) => Ask,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - begun < durationMs) {
        await ask(agent, next(done));
        done++;
      }
    }),
  );
  agent.destroy();
  return done / ((performance.now() - begun) / 1_000);
}
