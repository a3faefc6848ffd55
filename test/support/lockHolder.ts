// Takes the lock in the folder it is given, says how that went, and holds it until standard input ends.
import { once } from 'node:events';
import { isChainlightError } from '../../schemas/errors.ts';
import { takeLock } from '../../services/stack/index.ts';

const [folder = ''] = process.argv.slice(2);
try {
  const lock = await takeLock(folder, { what: folder });
  process.stdout.write('taken\n');
  await once(process.stdin.resume(), 'end');
  lock.release();
} catch (error) {
  process.stdout.write(`${isChainlightError(error) ? error.code : String(error)}\n`);
}
