import { join } from 'node:path';
import { type DestinationStream, type Level, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Field names that must never reach a log; the values are masked wherever they stand. */
const SECRET_PATHS = [
  'password',
  '*.password',
  'secret',
  '*.secret',
  'credential',
  '*.credential',
  'authorization',
  '*.authorization',
  'token',
  '*.token',
];

const COPY_LEVEL = 'debug';

/**
 * A JSON logger on standard error (standard output belongs to results).
 * With LOG_COPY_DIR every process adds a copy, down to debug, to a file of its own in that folder.
 * `correlationId` in a log line is the event's id that set the work off, from event to workflow to figure.
 */
export function createLogger(
  service: string,
  options: { level?: string; destination?: DestinationStream } = {},
): Logger {
  const level = options.level ?? process.env.LOG_LEVEL ?? 'info';
  const destination = options.destination ?? pino.destination({ dest: 2, sync: false });
  const copyDir = process.env.LOG_COPY_DIR;
  return pino(
    {
      level: copyDir === undefined || level === 'trace' ? level : COPY_LEVEL,
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    copyDir === undefined
      ? destination
      : pino.multistream([
          { level: level as Level, stream: destination },
          {
            level: COPY_LEVEL,
            stream: pino.destination({
              dest: join(copyDir, `${service}-${process.pid}.log`),
              mkdir: true,
              sync: true,
            }),
          },
        ]),
  );
}
