import { ChainlightError, isChainlightError } from '../../schemas/errors.ts';
import { settings } from './settings.ts';
import type {
  ObtainContext,
  Progress,
  ServerDescription,
  ServerEnv,
  ServerName,
  ServerResource,
  ServerSource,
  StartContext,
  StartedServer,
} from './types.ts';

/** Starts a server whose program is at hand, or stands for one that runs elsewhere. */
export type Startable = (context: StartContext) => Promise<Up>;

/** A server that is ready, wherever it runs. */
export interface Up {
  readonly description: ServerDescription;
  readonly environmentName: keyof ServerEnv;
  readonly uiUrl: string | null;
  stop(): Promise<void>;
}

/** What came of looking for a server’s address or program. */
export type Prepared =
  | { readonly status: 'found'; readonly start: Startable }
  | {
      readonly status: 'missing';
      readonly title: string;
      readonly environmentName: string;
      readonly ways: readonly string[];
    };

/** A resource as the launch sees it. */
export interface Part {
  readonly name: ServerName;
  prepare(context: ObtainContext): Promise<Prepared>;
}

/** Hides what kind of program a resource runs, so that all resources go through the same steps. */
export function erase<Program>(resource: ServerResource<Program>): Part {
  return {
    name: resource.name,
    prepare: async (context) => {
      const address = context.environment[resource.environmentName];
      if (address) {
        const up = await external(resource, address);
        return { status: 'found', start: async () => up };
      }
      const obtained = await resource.obtain(context).catch((error: unknown) => {
        throw withOtherWays(error, resource.environmentName);
      });
      if (obtained.status === 'missing') {
        return {
          status: 'missing',
          title: resource.title,
          environmentName: resource.environmentName,
          ways: obtained.ways,
        };
      }
      const { program, source, version } = obtained;
      return {
        status: 'found',
        start: async (start) =>
          local(
            resource,
            await startWithFreePorts(resource, program, start),
            source,
            version,
            start.progress,
          ),
      };
    },
  };
}

function withOtherWays(error: unknown, environmentName: string): unknown {
  if (!isChainlightError(error) || error.code !== 'DOWNLOAD_FAILED') return error;
  const instead = `Instead you can set ${environmentName} to the address of a running server, or start all with \`docker compose up\`.`;
  return new ChainlightError(
    'DOWNLOAD_FAILED',
    `${error.message}\n${instead}`,
    { ...error.details },
    { cause: error },
  );
}

async function external<Program>(resource: ServerResource<Program>, address: string): Promise<Up> {
  const { name, environmentName } = resource;
  try {
    const version = await resource.healthCheck(address, settings.environmentCheckTimeoutMs);
    return {
      description: { name, source: 'environment', address, pid: null, version },
      environmentName,
      uiUrl: null,
      stop: async () => {},
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ChainlightError(
      'SERVER_UNREACHABLE',
      `${environmentName} names ${withoutPassword(address)}, which does not answer as it should: ${why}\nStart that server, or unset ${environmentName} to have one started here.`,
      { environmentName },
      { cause: error },
    );
  }
}

const withoutPassword = (address: string): string => address.replace(/\/\/[^@/]*@/, '//…@');

function local<Program>(
  resource: ServerResource<Program>,
  server: StartedServer,
  source: ServerSource,
  version: string,
  progress: Progress,
): Up {
  progress(`${resource.title}: ready (${server.address})`);
  return {
    description: { name: resource.name, source, address: server.address, pid: server.child.pid, version },
    environmentName: resource.environmentName,
    uiUrl: server.uiUrl,
    stop: () => resource.stop(server),
  };
}

const STARTS_ON_TAKEN_PORTS = 3;

/** A port that was free may be taken by somebody else before the server has it; then it is tried with others. */
async function startWithFreePorts<Program>(
  resource: ServerResource<Program>,
  program: Program,
  context: StartContext,
): Promise<StartedServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await resource.start(program, context);
    } catch (error) {
      const isTaken = isChainlightError(error) && error.details.portTaken === true;
      if (!isTaken || attempt === STARTS_ON_TAKEN_PORTS) throw error;
      context.progress(`${resource.title}: its port was taken meanwhile; trying another`);
    }
  }
}
