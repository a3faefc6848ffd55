// A service for the tests of the supervisor; FIXTURE_BEHAVIOUR says what it does.
import { appendFileSync } from 'node:fs';

const behaviour = process.env.FIXTURE_BEHAVIOUR;
process.stderr.write(`fixture says ${behaviour}\n`);
if (behaviour === 'fails') process.exit(3);
process.on('SIGTERM', () => {
  if (behaviour === 'stubborn') return;
  appendFileSync(process.env.FIXTURE_FILE ?? '', 'stopped in good order');
  process.exit(0);
});
process.stdout.write('not json\n');
if (behaviour !== 'silent')
  process.stdout.write(`${JSON.stringify({ ready: true, url: 'http://127.0.0.1:1', pid: process.pid })}\n`);
setInterval(() => {}, 1_000);
