import { authorise } from '../../../services/ingest/domain/authorise.ts';
import { examine, refusalOf } from '../../../services/ingest/domain/decide.ts';
import type { IncomingRecord } from '../../../services/ingest/domain/record.ts';
import type { Leader, Registry, Relation } from '../../../services/ingest/domain/registry.ts';
import { applyToRegistry } from '../../../services/ingest/domain/registryFacts.ts';
import type { ValidEvent } from '../../../services/ingest/domain/validate.ts';
import type { Scenario, ScenarioRecord } from '../../../services/simulator/index.ts';

/** Ingest's own rules over the records of a scenario, with all of a topic in one partition. */
export class Judge {
  readonly accepted = new Map<string, string>();
  private readonly overlay = { leaders: new Map<string, Leader>(), relations: new Map<string, Relation>() };
  private readonly registry: Registry = {
    delegation: () => undefined,
    leader: (uscc) => this.overlay.leaders.get(uscc),
    relation: (id) => this.overlay.relations.get(id),
    isOverridden: () => false,
  };
  private parked: { record: ScenarioRecord; event: ValidEvent }[] = [];
  private offset = 0;

  constructor(
    scenario: Scenario,
    private readonly onAccepted: (event: ValidEvent, topic: string) => void = () => {},
  ) {
    for (const { uscc, name, sources } of scenario.leaders)
      this.overlay.leaders.set(uscc, { _id: uscc, name, sources: [...sources], registeredAt: new Date(0) });
  }

  /** The verdict, or the code of the refusal; `parked` while the relation is missing. */
  judge(record: ScenarioRecord): string {
    const incoming: IncomingRecord = {
      ...record,
      partition: 0,
      offset: this.offset++,
      value: Buffer.from(record.value),
    };
    const examined = examine(incoming, new Date('2026-11-01T00:00:00Z'));
    if ('refusal' in examined) return refusalOf(examined, this.registry).code;
    return this.rule(record, examined.event);
  }

  private rule(record: ScenarioRecord, event: ValidEvent): string {
    const authority = authorise(event, record.topic, this.registry);
    if (!authority.ok) return authority.refusal.code;
    const before = this.accepted.get(event.identity);
    if (before !== undefined) return before === event.contentHash ? 'duplicates' : 'conflicts';
    if (authority.value.kind === 'parked') {
      this.parked.push({ record, event });
      return 'parked';
    }
    this.accepted.set(event.identity, event.contentHash);
    applyToRegistry(this.overlay, this.registry, event);
    this.onAccepted(event, record.topic);
    return 'accepted';
  }

  /** Judges anew what was parked. @returns how many are parked still */
  release(): number {
    const waiting = this.parked;
    this.parked = [];
    for (const { record, event } of waiting) this.rule(record, event);
    return this.parked.length;
  }
}
