// Ends the children of a process that died. The parent holds the other end of standard input and writes
// `+<pid>` and `-<pid>`, one a line; when that end closes, for whatever reason, the process groups still
// registered get TERM and, after a grace time, KILL. Plain JavaScript so that it starts at once.
import { createInterface } from 'node:readline';

const graceMs = Number(process.argv[2]);
const POLL_MS = 50;
const groups = new Set();

// It stands in a group of its own; these only arrive when the whole session ends.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});

function signal(group, name) {
  try {
    process.kill(-group, name);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const group = Number(line.slice(1));
    if (line.startsWith('+')) groups.add(group);
    else groups.delete(group);
  })
  .on('close', async () => {
    for (const group of groups) signal(group, 'SIGTERM');
    const killAt = Date.now() + graceMs;
    while (Date.now() < killAt && [...groups].some((group) => signal(group, 0))) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    for (const group of groups) signal(group, 'SIGKILL');
    process.exit(0);
  });
