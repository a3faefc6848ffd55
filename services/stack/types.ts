import type { Child } from './child.ts';

export type ServerName = 'kafka' | 'temporal' | 'mongodb';

export type Progress = (line: string) => void;

/** The environment variables that hand the addresses to the services. */
export interface ServerEnv {
  KAFKA_BROKERS: string;
  TEMPORAL_ADDRESS: string;
  MONGODB_URI: string;
}

/** Where a server's program came from; `environment` means that it runs elsewhere and nothing was started. */
export type ServerSource = 'environment' | 'path' | 'cache' | 'downloaded';

export interface ServerDescription {
  readonly name: ServerName;
  readonly source: ServerSource;
  readonly address: string;
  /** Null for a server that was not started here. */
  readonly pid: number | null;
  /** Null where the server does not tell. */
  readonly version: string | null;
}

export interface ObtainContext {
  readonly cacheDir: string;
  readonly progress: Progress;
  readonly environment: NodeJS.ProcessEnv;
}

export type Obtained<Program> =
  | {
      readonly status: 'found';
      readonly source: Exclude<ServerSource, 'environment'>;
      readonly version: string;
      readonly program: Program;
    }
  /** `ways`: what the reader can install, each an order in the imperative. */
  | { readonly status: 'missing'; readonly ways: readonly string[] };

export interface StartContext {
  readonly dataDir: string;
  readonly progress: Progress;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly kafkaHeapMiB: number;
  readonly durable: boolean;
  /** Whether Kafka asks for a sign-in and lets each principal do only what it is there for. */
  readonly secure: boolean;
}

export interface StartedServer {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly child: Child;
}

/** One server as a resource: how it is got, started, asked whether it is well, and stopped. */
export interface ServerResource<Program> {
  readonly name: ServerName;
  readonly title: string;
  readonly environmentName: keyof ServerEnv;
  obtain(context: ObtainContext): Promise<Obtained<Program>>;
  /** Starts the process and returns once it is ready for clients. */
  start(program: Program, context: StartContext): Promise<StartedServer>;
  /** Asks once; answers with the server's version where it tells. @throws when it is not ready */
  healthCheck(address: string, timeoutMs: number): Promise<string | null>;
  stop(server: StartedServer): Promise<void>;
}
