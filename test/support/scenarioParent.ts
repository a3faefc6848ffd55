import { createServer } from 'node:net';
import { runScenario } from '../../services/stack/index.ts';

/** Starts the simulator against addresses that take a connection and never answer, prints its pid, and stays. */
const silent = createServer(() => {}).listen(0, '127.0.0.1', () => {
  const address = silent.address();
  const at = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  const scenario = runScenario({
    scenario: 'sichuan',
    seed: 1,
    scale: 100,
    env: {
      KAFKA_BROKERS: at,
      GATEWAY_URL: `http://${at}`,
      OIDC_ISSUER: `http://${at}`,
      OIDC_CLIENT_ID: 'nobody',
      OIDC_CLIENT_SECRET: 'nothing',
    },
    dataDir: process.argv[2] ?? '',
    progress: () => {},
  });
  process.stdout.write(`${scenario.pid}\n`);
});
