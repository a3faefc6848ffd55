// Supervises the fixture service, says its pid, and waits to be killed.
import { supervise } from '../../services/stack/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const fixture = await supervise({
  name: 'fixture',
  entry: 'test/support/superviseFixture.ts',
  env: process.env,
  dataDir,
  progress: () => {},
});
process.stdout.write(`${fixture.pid()}\n`);
