// Starts the servers on the data folder it is given, prints what runs, and waits to be killed.
import { startServers } from '../../services/stack/index.ts';

const [dataDir = ''] = process.argv.slice(2);
const {
  KAFKA_BROKERS: _kafka,
  TEMPORAL_ADDRESS: _temporal,
  MONGODB_URI: _mongodb,
  ...environment
} = process.env;
const running = await startServers({ dataDir, environment });
process.stdout.write(`${JSON.stringify(running.servers)}\n`);
