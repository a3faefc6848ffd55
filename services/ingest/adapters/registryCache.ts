import type { Collection, Db, Filter, WithId } from 'mongodb';
import { eventsOf } from '../../runtime/eventStore.ts';
import type { CorrectableRegistry, Delegation, Leader, Relation } from '../domain/registry.ts';
import { DELEGATION_TYPES, delegationsOf, statedIn } from '../domain/registryFacts.ts';
import { changesOf, type RegistryChange } from './registryChanges.ts';
import { leadersOf, registryEventOf, relationsOf } from './registryDocuments.ts';
import { type UsccOverrideDocument, usccOverridesOf } from './usccOverrides.ts';

/** A transaction that writes a change becomes visible within a minute of the change's time, or never. */
const VISIBLE_WITHIN_MS = 2 * 60_000;
/** For what was written without its change being noted: by an older version, or by hand. */
const READ_ALL_EVERY_MS = 10 * 60_000;

/** The registry in memory; `refresh` reads what other partitions and processes added. */
export class RegistryCache implements CorrectableRegistry {
  private readonly leaders = new Map<string, Leader>();
  private readonly relations = new Map<string, Relation>();
  private readonly delegations = new Map<string, Delegation>();
  /** Codes with a wrong check digit whose override stands. */
  private readonly overridden = new Set<string>();
  private readonly db: Db;
  /** By identities of what was stated of relations, and of the corrections that bear on it. */
  private readonly stating = new Map<string, Relation>();
  /** Changes that were read and may be read again, by their ids: time. */
  private seen = new Map<string, number>();
  private readAllAtMs: number | null = null;
  private changesFromMs = 0;
  private waiting: Promise<void> | null = null;
  private running: Promise<void> = Promise.resolve();
  private changes = 0;
  /** By ids of leaders, relations and delegations: the version with which they came last. */
  private readonly cameWith = new Map<string, number>();

  constructor(db: Db) {
    this.db = db;
  }

  /** Differs whenever a leader, a source, a statement of a relation or a correction of one, a word of a delegation or an override was added. */
  get version(): number {
    return this.changes;
  }

  leader(uscc: string): Leader | undefined {
    return this.leaders.get(uscc);
  }

  relation(id: string): Relation | undefined {
    return this.relations.get(id);
  }

  delegation(id: string): Delegation | undefined {
    return this.delegations.get(id);
  }

  isOverridden(uscc: string): boolean {
    return this.overridden.has(uscc);
  }

  /** Whether a leader, relation or delegation came, or came again with something changed, after a version (0: ever). */
  hasComeSince(id: string, version: number): boolean {
    return (this.cameWith.get(id) ?? 0) > version;
  }

  relationStating(identity: string): Relation | undefined {
    return this.stating.get(identity);
  }

  /** Resolves when everything is known that was visible in the database at the call. One reading at a time: a slower one would undo a later one. */
  refresh(): Promise<void> {
    this.waiting ??= this.running
      .catch(() => {})
      .then(() => {
        this.waiting = null;
        return this.read();
      });
    this.running = this.waiting;
    return this.waiting;
  }

  private async read(): Promise<void> {
    const { localTime } = await this.db.command({ hello: 1 });
    const nowMs = (localTime as Date).getTime();
    if (this.readAllAtMs === null || nowMs - this.readAllAtMs > READ_ALL_EVERY_MS) {
      await this.readAll();
      this.readAllAtMs = nowMs;
    } else {
      await this.readChanged(nowMs);
    }
    this.changesFromMs = nowMs - VISIBLE_WITHIN_MS;
  }

  private async readAll(): Promise<void> {
    const [leaders, relations, delegations, overrides] = await Promise.all([
      leadersOf(this.db).find().toArray(),
      relationsOf(this.db).find().toArray(),
      readDelegations(this.db, null),
      usccOverridesOf(this.db).find().toArray(),
    ]);
    this.keep(leaders, relations, delegations, overrides);
  }

  private async readChanged(nowMs: number): Promise<void> {
    const changes = await changesOf(this.db)
      .find({ at: { $gte: new Date(this.changesFromMs) } })
      .toArray();
    const fresh = changes.filter(({ _id, at }) => this.seen.get(_id) !== at.getTime());
    const idsOf = (of: RegistryChange['of']): string[] =>
      fresh.filter((change) => change.of === of).map(({ id }) => id);
    const changed = <Kept extends { readonly _id: string }>(
      of: RegistryChange['of'],
      collection: Collection<Kept>,
    ): Promise<WithId<Kept>[]> | [] => {
      const ids = idsOf(of);
      return ids.length === 0 ? [] : collection.find({ _id: { $in: ids } } as Filter<Kept>).toArray();
    };
    const delegators = idsOf('delegations of');
    const [leaders, relations, delegations, overrides] = await Promise.all([
      changed('leader', leadersOf(this.db)),
      changed('relation', relationsOf(this.db)),
      delegators.length === 0 ? [] : readDelegations(this.db, delegators),
      changed('override', usccOverridesOf(this.db)),
    ]);
    this.keep(leaders, relations, delegations, overrides);
    const forgetBeforeMs = nowMs - VISIBLE_WITHIN_MS;
    this.seen = new Map(
      changes.filter(({ at }) => at.getTime() >= forgetBeforeMs).map(({ _id, at }) => [_id, at.getTime()]),
    );
  }

  private keep(
    leaders: readonly Leader[],
    relations: readonly Relation[],
    delegations: readonly Delegation[],
    overrides: readonly UsccOverrideDocument[],
  ): void {
    if (leaders.length + relations.length + delegations.length + overrides.length > 0) this.changes++;
    for (const { _id } of [...leaders, ...relations, ...delegations]) this.cameWith.set(_id, this.changes);
    for (const leader of leaders) this.leaders.set(leader._id, leader);
    for (const relation of relations) {
      this.relations.set(relation._id, relation);
      for (const identity of statedIn(relation)) this.stating.set(identity, relation);
    }
    for (const delegation of delegations) this.delegations.set(delegation._id, delegation);
    for (const { _id, state } of overrides) {
      if (state === 'standing') this.overridden.add(_id);
      else this.overridden.delete(_id);
    }
  }
}

/** What suppliers delegated, from the accepted events themselves: they are few, and need no read model of their own. @param suppliers null: all */
async function readDelegations(db: Db, suppliers: readonly string[] | null): Promise<Delegation[]> {
  const events = await eventsOf(db)
    .find({
      type: { $in: [...DELEGATION_TYPES] },
      ...(suppliers === null ? {} : { firm: { $in: [...suppliers] } }),
    })
    .toArray();
  return delegationsOf(events.map(registryEventOf));
}
