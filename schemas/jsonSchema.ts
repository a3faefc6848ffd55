import { z } from 'zod';
import { AUTHORITY } from './authority.ts';
import { Envelope } from './envelope.ts';
import { EVENT_TYPES } from './events/index.ts';
import { Receipt } from './receipt.ts';

/**
 * JSON Schema (2020-12) files for those who write events in another language: file name → text. One file holds the whole
 * event (envelope and data) of one type; authority.json holds the table of who may state what, receipt.json what integrators
 * are told.
 */
export function jsonSchemaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const definition of EVENT_TYPES.values()) {
    const schema = z.toJSONSchema(
      Envelope.extend({ type: z.literal(definition.type), data: definition.data }),
      { io: 'input' },
    );
    files.set(
      `${definition.type}.json`,
      print({ title: definition.type, description: definition.description, ...schema }),
    );
  }
  files.set('authority.json', print(AUTHORITY));
  const title = 'receipt: a message on erp.<leader>.receipts';
  files.set('receipt.json', print({ title, ...z.toJSONSchema(Receipt) }));
  return files;
}

const print = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
