import type { Envelope } from '../../../schemas/envelope.ts';
import type { DataOf, EventType } from '../../../schemas/events/index.ts';

/** Who states what is done about dead letters. */
const SOURCE = '/system/dead-letters';

interface Letter {
  readonly _id: string;
  readonly reason: string;
  readonly topic: string;
  readonly leader: string | null;
  readonly eventId: string | null;
}

interface Doing {
  readonly actor: string;
  readonly at: Date;
  readonly why: string | null;
}

/** The act that records a redriving. The same letter, actor, time and place give the same event. */
export function deadLetterRedriven(
  letter: Letter,
  { actor, at }: Doing,
  redrivenTo: DataOf<'dead-letter.redriven.v1'>['redrivenTo'],
): Envelope {
  const data: DataOf<'dead-letter.redriven.v1'> = { ...aboutLetter(letter, actor), redrivenTo };
  return act('dead-letter.redriven.v1', `redriven/${letter._id}`, letter, at, data);
}

/** The act that records that a letter was given up. */
export function deadLetterDiscarded(letter: Letter, { actor, at, why }: Doing): Envelope {
  const data: DataOf<'dead-letter.discarded.v1'> = { ...aboutLetter(letter, actor), why: why ?? '' };
  return act('dead-letter.discarded.v1', `discarded/${letter._id}`, letter, at, data);
}

const aboutLetter = (letter: Letter, actor: string) => ({
  deadLetter: letter._id,
  refusedAs: letter.reason,
  actor: { name: actor, role: 'operator' as const },
});

function act(type: EventType, id: string, letter: Letter, at: Date, data: Envelope['data']): Envelope {
  return {
    specversion: '1.0',
    id,
    source: SOURCE,
    type,
    time: at.toISOString(),
    partitionkey: letter.leader ?? letter.topic,
    datacontenttype: 'application/json',
    correlationid: letter.eventId === null || letter.eventId === '' ? id : letter.eventId.slice(0, 200),
    data,
  };
}
