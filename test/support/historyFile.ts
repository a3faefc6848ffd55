import temporalProto, { type temporal } from '@temporalio/proto';

const { History } = temporalProto.temporal.api.history.v1;

export interface RecordedRun {
  /** Part of what a replay must know: ids of acts hold it. */
  readonly workflowId: string;
  readonly history: temporal.api.history.v1.IHistory;
}

/** A run as JSON for a file: 64-bit numbers as text, bytes as base64, enums by name. */
export function runToText({ workflowId, history }: RecordedRun): string {
  const message = History.fromObject(history);
  const plain = History.toObject(message, { longs: String, bytes: String, enums: String });
  // A replay does not need it, and it names folders of the machine that recorded.
  const withoutTraces = (key: string, value: unknown) => (key === 'stackTrace' ? undefined : value);
  return `${JSON.stringify({ workflowId, history: plain }, withoutTraces, 1)}\n`;
}

/** Bytes of a history as the server keeps and sends it. */
export const encodedSize = (history: temporal.api.history.v1.IHistory): number =>
  History.encode(history).finish().length;

export function runFromText(text: string): RecordedRun {
  const { workflowId, history } = JSON.parse(text) as {
    workflowId: string;
    history: Record<string, unknown>;
  };
  return { workflowId, history: History.fromObject(history) };
}
