import * as bureau from './bureau.ts';
import type { Operation } from './define.ts';
import * as inviting from './inviting.ts';
import * as reading from './reading.ts';
import * as samples from './samples.ts';
import * as session from './session.ts';
import * as webhooks from './webhooks.ts';
import * as writing from './writing.ts';

export * from './bureau.ts';
export { hasETag, isIdempotent, type Method, type Operation } from './define.ts';
export * from './inviting.ts';
export * from './reading.ts';
export * from './samples.ts';
export * from './session.ts';
export * from './webhooks.ts';
export * from './writing.ts';

const all = { ...session, ...reading, ...writing, ...inviting, ...bureau, ...samples, ...webhooks };
export type OperationId = (typeof all)[keyof typeof all]['id'];
/** Every operation of the HTTP interface. */
export const OPERATIONS: readonly Operation[] = Object.values(all);
