import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ActReceipt } from '../../schemas/api/acts.ts';
import type { TerminalStatus } from '../../schemas/onboarding.ts';
import { createAlarm } from './alarm.ts';
import { own } from './calls.ts';
import { carryingOut } from './carryOut.ts';
import {
  type DataAnswer,
  type DataSpan,
  dataQuestion,
  type Effect,
  isAnswered,
  isAnswerTo,
  nextDueAt,
  nextEffect,
} from './effects.ts';
import { ACT_SOURCE, actIdentity } from './facts.ts';
import { judgeAct, recordOf } from './humanActs.ts';
import { asFact, Ledger } from './ledger.ts';
import { allReminders, leaderNamedFirst, leaderOf, listingChanges, stallRiskOf } from './listing.ts';
import {
  actUpdate,
  clockAdvancedSignal,
  factsArrivedSignal,
  type OnboardingInput,
  progressQuery,
} from './messages.ts';
import type { Progress } from './progress.ts';
import type { Refusal } from './refusal.ts';
import { progressOf, stageOf, statusOf } from './view.ts';

/** A run with a longer history hands over to a fresh one, well before the server's warning at 10,240 events. */
const HAND_OVER_AFTER_EVENTS = 4_000;

/** How an onboarding ended, for those who look at Temporal; the record of it is the event `onboarding.closed`. */
export interface OnboardingResult {
  readonly status: TerminalStatus;
}

/**
 * One supplier's onboarding onto one platform within one programme. It learns facts, reads from them what is due, and carries
 * that out in business order once the watermark allows. Facts alone end it; a request to cancel the workflow does not.
 */
export function onboarding(input: OnboardingInput): Promise<OnboardingResult> {
  return CancellationScope.nonCancellable(() => run(input));
}

async function run(input: OnboardingInput): Promise<OnboardingResult> {
  const { supplierUscc, platform, programme } = input;
  const { workflowId } = workflowInfo();
  const key = { workflowId, supplierUscc, platform, programme };
  const ledger = new Ledger(input);
  let tenantData: DataAnswer | null = null;
  /** Also what is due only once a moment ahead has been passed. */
  const dueAt = (): string | null =>
    ledger.isMomentAhead
      ? nextDueAt(ledger.phases, () => tenantData)
      : (nextEffect(ledger.state, tenantData)?.at ?? null);
  handleMessages(ledger, key.workflowId, supplierUscc, dueAt);

  if (input.carried === undefined) ledger.learn(await own.recallFacts({ workflowId, supplierUscc }));
  ledger.hasRecalled = true;
  const handOver = async (): Promise<void> => {
    await condition(allHandlersFinished);
    await continueAsNew<typeof onboarding>(ledger.carryOver(work.carryOver()));
  };
  /** Also while a platform is down for days and what comes meanwhile piles up. */
  const handOverIfLong = async (): Promise<void> => {
    if (!isLong(input)) return;
    await ledger.publish();
    await sleep(1);
    await handOver();
  };
  const work = carryingOut(ledger, key, input.carried, handOverIfLong);
  const alarm = createAlarm(async () => ledger.advance(await own.readClock({ workflowId })));

  /** Asks for the tenant's data as far as time is known, so that nothing later overtakes them. */
  const lookAtData = async (): Promise<void> => {
    const question = dataQuestion(ledger.state);
    const through = ledger.clockAt;
    if (question === null || through === null || question.since > through) return;
    if (isAnswerTo(tenantData, question) && (tenantData.through >= through || isAnswered(tenantData))) return;
    const ask = (span: DataSpan) => own.readTenantData({ ...span, supplierUscc, platform, through });
    const { flowing, ...span } = question;
    const points = await ask(span);
    const isLongEnough = points.length >= span.months;
    const [flows] = flowing && isLongEnough ? await ask({ since: flowing.since, months: 1 }) : [];
    tenantData = { ...question, through, points, flows: flows ?? null };
  };

  /** Says where it stands by what runs are listed by. Runs from before there were lists begin to at their next step. */
  const listItself = (): void => {
    const state = ledger.isMomentAhead ? ledger.reported : ledger.state;
    const before = stallRiskOf(state, allReminders);
    const now = stallRiskOf(state);
    const stallRisk = now === before || patched('reminders-since-moved') ? now : before;
    const isLedAnew = leaderOf(state) !== leaderNamedFirst(state) && patched('leader-after-application');
    const leader = isLedAnew ? leaderOf(state) : leaderNamedFirst(state);
    const listed = workflowInfo().typedSearchAttributes;
    const changes = listingChanges(input, state, listed, stallRisk, leader);
    if (changes.length > 0 && patched('search-attributes')) upsertSearchAttributes(changes);
  };

  await work.resume();
  for (;;) {
    ledger.clearNews();
    await lookAtData();
    const next: Effect | null = nextEffect(ledger.state, tenantData);
    const { state } = ledger;
    if ((next === null || !ledger.isDue(next.at)) && ledger.passMoment()) continue;
    if (state.status === 'CLOSED' && next === null) {
      await ledger.publish(true);
      listItself();
      await condition(allHandlersFinished);
      if (ledger.hasNews) continue;
      return { status: state.ending.status };
    }
    if (next !== null && ledger.isDue(next.at)) {
      if (work.metSilence() && isLong(input) && patched('hand-over-in-silence')) await handOverIfLong();
      await (next.kind === 'close' ? work.close(next.ending) : work.perform(next));
      continue;
    }
    await ledger.publish();
    if (ledger.hasNews) continue;
    listItself();
    if (isLong(input)) {
      // Ends this workflow task, so that what ran beside it is in the history before the run hands over.
      await sleep(1);
      if (ledger.hasNews) continue;
      await handOver();
    }
    alarm.set(dueAt());
    await condition(() => ledger.hasNews);
  }
}

function isLong(input: OnboardingInput): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return continueAsNewSuggested || historyLength > (input.handOverAfterEvents ?? HAND_OVER_AFTER_EVENTS);
}

function handleMessages(
  ledger: Ledger,
  workflowId: string,
  supplierUscc: string,
  dueAt: () => string | null,
): void {
  setHandler(factsArrivedSignal, (facts) => ledger.learn(facts));
  setHandler(clockAdvancedSignal, (at) => ledger.advance(at));
  setHandler(progressQuery, (): Progress => {
    const state = ledger.reported;
    return {
      workflowId,
      programmeVersion: state.programme.version,
      status: statusOf(state),
      stage: stageOf(state),
      steps: progressOf(state),
      nextDueAt: dueAt(),
      clockAt: ledger.clockAt,
    };
  });
  setHandler(
    actUpdate,
    async (command): Promise<ActReceipt> => {
      // What was asked of a run that had only just begun is judged once that knows what is on record.
      const isFresh = !ledger.hasRecalled;
      await condition(() => ledger.hasRecalled);
      if (isFresh) insistOn(judgeAct(ledger.reported, command, workflowId, Date.now()));
      const state = ledger.reported;
      const act = recordOf(
        command,
        workflowId,
        state.status === 'CLOSED' ? state.ending.decidedBy : undefined,
      );
      const duplicate = ledger.knows(actIdentity(act.id));
      ledger.learn([asFact(act)]);
      if (!duplicate)
        await CancellationScope.nonCancellable(() => own.publishActs({ supplierUscc, acts: [act] }));
      return { workflowId, source: ACT_SOURCE, eventId: act.id, duplicate };
    },
    {
      validator: (command) => {
        if (ledger.hasRecalled) insistOn(judgeAct(ledger.reported, command, workflowId, Date.now()));
      },
    },
  );
}

/** @throws ApplicationFailure whose type is the refusal's code, with its words in both languages */
function insistOn(refusal: Refusal | null): void {
  if (refusal !== null) throw ApplicationFailure.nonRetryable(refusal.said.en, refusal.code, refusal.said);
}
