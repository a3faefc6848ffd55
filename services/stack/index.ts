export { defaultCacheDir } from './cache.ts';
export { type FreshProduct, startFreshProduct } from './freshProduct.ts';
export { type RunningServers, type StartOptions, startServers } from './launch.ts';
export { type Lock, takeLock } from './lock.ts';
export { type RunningScenario, runScenario } from './scenario.ts';
export { nodeArgumentsOf, settings } from './settings.ts';
export { type Supervised, type SuperviseOptions, supervise } from './supervise.ts';
export { type TestServerOptions, temporalTestServerPath } from './testServer.ts';
export type { Progress, ServerDescription, ServerEnv, ServerName, ServerSource } from './types.ts';
