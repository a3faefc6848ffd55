import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findOnPath, isAtLeast, isExecutable, runCommand, versionIn } from '../commands.ts';
import { kafkaJars, wheelProgram } from '../download.ts';
import { settings } from '../settings.ts';
import type { ObtainContext, Obtained } from '../types.ts';

const { kafka: chosen } = settings;

export interface KafkaProgram {
  readonly java: string;
  /** Folder with the broker's jars. */
  readonly jars: string;
}

/** The broker's jars and a Java that runs them, each from the first place that has it. */
export async function obtainKafka(context: ObtainContext): Promise<Obtained<KafkaProgram>> {
  const installed = await installedJars(context);
  const java = await obtainJava(context);
  if (java.status === 'missing')
    return { status: 'missing', ways: installed ? java.ways : [...java.ways, GET_KAFKA] };
  if (installed) {
    const program = { java: java.path, jars: installed.folder };
    return { status: 'found', source: 'path', version: installed.version, program };
  }
  const jars = await kafkaJars(context, java.path);
  if (jars.status === 'missing') return { status: 'missing', ways: [GET_KAFKA] };
  const program = { java: java.path, jars: jars.path };
  return { status: 'found', source: jars.source, version: chosen.version, program };
}

const GET_KAFKA = 'install Maven (mvn), or put kafka-server-start.sh of Kafka 4 on PATH';

/** The jars of a Kafka whose start script is on PATH; one that is too old is passed over. */
async function installedJars(context: ObtainContext): Promise<{ folder: string; version: string } | null> {
  for (const script of ['kafka-server-start.sh', 'kafka-server-start']) {
    const found = await findOnPath(script, context.environment);
    if (!found) continue;
    const home = dirname(dirname(await realpath(found)));
    for (const folder of [join(home, 'libs'), join(home, 'libexec', 'libs')]) {
      const jar = (await readdir(folder).catch(() => [])).find((name) =>
        /^kafka_2\.13-[\d.]+\.jar$/.test(name),
      );
      const version = jar ? versionIn(jar.slice('kafka_2.13-'.length, -'.jar'.length)) : null;
      if (!version) continue;
      if (isAtLeast(version.parts, chosen.minimumVersion)) return { folder, version: version.text };
      context.progress(`Kafka ${version.text} on PATH is too old and is passed over`);
    }
  }
  return null;
}

type Java = { status: 'found'; path: string } | { status: 'missing'; ways: readonly string[] };

async function obtainJava(context: ObtainContext): Promise<Java> {
  const { environment } = context;
  const candidates = [
    environment.JAVA_HOME ? join(environment.JAVA_HOME, 'bin', 'java') : null,
    await findOnPath('java', environment),
  ];
  for (const path of candidates) {
    if (!path || !(await isExecutable(path))) continue;
    const { ok, output } = await runCommand(path, ['-version'], { env: environment });
    const major = Number(/version "(\d+)/.exec(output)?.[1]);
    if (ok && major >= chosen.minimumJava) return { status: 'found', path: await realpath(path) };
  }
  const wheel = await wheelProgram(chosen.java, context);
  if (wheel.status === 'found') return { status: 'found', path: wheel.path };
  return {
    status: 'missing',
    ways: [`install Java ${chosen.minimumJava} or newer (java), or Python 3 with pip, which brings one`],
  };
}
