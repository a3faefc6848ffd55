// The one door of every npm script: makes sure the dependencies are installed, then runs a TypeScript entry.
// Plain JavaScript on purpose: on a fresh clone nothing else can run yet. Standard output belongs to the entry.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundled, isProgram } from './bundle.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, 'node_modules', '.chainlight-installed');
const lock = join(root, '.chainlight', 'npm-install.lock');
const lockFile = readFileSync(join(root, 'package-lock.json'));
const wanted = createHash('sha256').update(lockFile).update(process.version).digest('hex');
const INSTALL_WAIT_MS = 15 * 60_000;

function fail(message) {
  process.stderr.write(`chainlight: ${message}\n`);
  process.exit(2);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Node ${process.versions.node} is too old: install Node 20.19 or newer, then run the same command again.`,
  );
}

const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted;

function holderIsAlive() {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch (error) {
    if (error.code === 'EPERM') return true;
    // A lock that was just made may still be empty.
    return existsSync(lock) && Date.now() - statSync(lock).mtimeMs < 2_000;
  }
}

async function takeLock() {
  mkdirSync(dirname(lock), { recursive: true });
  const giveUpAt = Date.now() + INSTALL_WAIT_MS;
  while (Date.now() < giveUpAt) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!holderIsAlive()) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  fail(`another install has held ${lock} for 15 minutes: end it or delete that file, then try again.`);
}

async function ensureInstalled() {
  if (isInstalled()) return;
  await takeLock();
  try {
    if (isInstalled()) return;
    process.stderr.write('chainlight: installing dependencies (npm ci) …\n');
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, NODE_ENV: 'development' },
    });
    if (npm.status !== 0) {
      fail(
        'npm ci failed (its message is above). Check that the npm registry is reachable, then run the same command again.',
      );
    }
    writeFileSync(marker, wanted);
  } finally {
    rmSync(lock, { force: true });
  }
}

await ensureInstalled();

const [entry, ...args] = process.argv.slice(2);
process.env.CHAINLIGHT_ROOT = root;
if (isProgram(entry)) await runProgram();
else runTypeScript();

/** In this process. The command line works in the folder it was called in, and is over before a stack trace is worth its map. */
async function runProgram() {
  const isCommandLine = entry === 'services/cli/main.ts';
  if (!isCommandLine) process.setSourceMapsEnabled(true);
  const program = await bundled(root, entry);
  process.chdir(isCommandLine && process.env.INIT_CWD ? process.env.INIT_CWD : root);
  process.argv = [process.execPath, join(root, entry), ...args];
  await import(program);
}

function runTypeScript() {
  // By its address, so that it is found from whatever folder the command was called in.
  const tsx = import.meta.resolve('tsx');
  const child = spawn(process.execPath, ['--import', tsx, join(root, entry), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  // The terminal already delivers Ctrl-C to the child (same process group); only forwarded signals need passing on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('exit', (code, signal) => {
    process.exit(code ?? (signal === 'SIGINT' ? 130 : 1));
  });
}
