import { type DestinationStream, type Logger, pino } from 'pino';

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

/**
 * A JSON logger on standard error (standard output belongs to results).
 * `correlationId` in a log line is the event's id that set the work off, from event to workflow to figure.
 */
export function createLogger(
  service: string,
  options: { level?: string; destination?: DestinationStream } = {},
): Logger {
  return pino(
    {
      level: options.level ?? process.env.LOG_LEVEL ?? 'info',
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: '[secret]' },
    },
    options.destination ?? pino.destination({ dest: 2, sync: false }),
  );
}
