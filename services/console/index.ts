export { consoleDist, ensureConsoleBuilt } from './build.ts';
