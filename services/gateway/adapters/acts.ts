import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ActCommand, ActReceipt } from '../../../schemas/api/acts.ts';
import { ChainlightError, ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import { type OnboardingStatus, workflowIdOf } from '../../../schemas/onboarding.ts';
import { type Bilingual, bilingual } from '../../../schemas/wording.ts';
import { listedAtStart } from '../../../workflows/onboarding/listing.ts';
import {
  actUpdate,
  ONBOARDING_TASK_QUEUE,
  ONBOARDING_WORKFLOW,
  type OnboardingInput,
} from '../../../workflows/onboarding/messages.ts';
import { CURRENT_PROGRAMME_VERSION } from '../../../workflows/onboarding/programme.ts';
import type { Temporal } from '../../runtime/temporal.ts';

/** How long to wait for a worker; the caller may send the same act again, under its id it has one effect. */
const ANSWER_TIMEOUT_MS = 30_000;
/** The server's word for: the run ended (or handed over to the next one) before it had answered. */
const RUN_ENDED_FIRST = 'AcceptedUpdateCompletedWorkflow';
const MAX_HANDOVERS = 3;
const NEVER_STARTED = bilingual(
  'no such onboarding is under way; it begins when its nomination has been taken in',
  '还没有这个改造项目；收到提名后才会开始',
);

/** How an onboarding stands by the durable record; null where none is known. */
export type StatusOnRecord = (workflowId: string) => Promise<OnboardingStatus | null>;

/**
 * Hands a person's act to its onboarding and waits until it is recorded. However often it is sent, its act id has one effect:
 * the onboarding sees to that. Temporal must not: it would answer an update id that it knows with the earlier answer, and a
 * refusal may hold no longer. Temporal forgets what has ended, and what is open may have been lost with its database: where it knows
 * nothing the record is asked.
 * @param newId makes an id for this one call
 * @throws ChainlightError with the code of the onboarding's refusal; NOT_FOUND, ALREADY_CLOSED, SERVER_UNREACHABLE
 */
export async function submitAct(
  { client }: Pick<Temporal, 'client'>,
  command: ActCommand,
  newId: () => string,
  statusOnRecord: StatusOnRecord,
): Promise<ActReceipt> {
  const workflowId = workflowIdOf(command);
  const updateId = `${command.actId}/${newId()}`;
  const handle = client.workflow.getHandle(workflowId);
  const ask = (): Promise<ActReceipt> =>
    client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
      handle.executeUpdate(actUpdate, { args: [command], updateId }),
    );
  try {
    for (let handovers = 0; ; handovers++) {
      try {
        return await ask();
      } catch (error) {
        if (refusalType(error) !== RUN_ENDED_FIRST || handovers === MAX_HANDOVERS) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw toCatalogue(error, workflowId);
    const run = await runOf(() => handle.describe());
    const isClosed =
      run === 'ended' || (run === 'unknown' && (await isClosedOnRecord(statusOnRecord, workflowId)));
    if (isClosed && command.act !== 'reopen')
      throw new ChainlightError('ALREADY_CLOSED', bilingual('this onboarding has ended', '项目已经结束'), {
        workflowId,
      });
    // A run that began between the question and the look has it now.
    const answer = run === 'running' ? ask() : beginAnew(client, command, updateId);
    return await answer.catch((failure: unknown) => {
      throw toCatalogue(failure, workflowId);
    });
  }
}

/** @throws ChainlightError NOT_FOUND where nothing is on record */
async function isClosedOnRecord(statusOnRecord: StatusOnRecord, workflowId: string): Promise<boolean> {
  const status = await statusOnRecord(workflowId);
  if (status === null) throw new ChainlightError('NOT_FOUND', NEVER_STARTED, { workflowId });
  return status !== 'ACTIVE';
}

/** There is no run to take the act: a new one begins, recalls what is on record, and judges by that. */
function beginAnew(client: Temporal['client'], command: ActCommand, updateId: string): Promise<ActReceipt> {
  const { supplierUscc, platform, programme } = command;
  const input: OnboardingInput = {
    supplierUscc,
    platform,
    programme,
    programmeVersion: CURRENT_PROGRAMME_VERSION,
  };
  const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
    workflowId: workflowIdOf(command),
    taskQueue: ONBOARDING_TASK_QUEUE,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: listedAtStart(input),
    args: [input],
  });
  return client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
    client.workflow.executeUpdateWithStart(actUpdate, {
      startWorkflowOperation,
      args: [command],
      updateId,
    }),
  );
}

/** What Temporal knows of an onboarding that took no update. */
async function runOf(
  describe: () => Promise<{ readonly status: { readonly name: string } }>,
): Promise<'running' | 'ended' | 'unknown'> {
  try {
    return (await describe()).status.name === 'RUNNING' ? 'running' : 'ended';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'unknown';
    throw error;
  }
}

function refusalType(error: unknown): string | null {
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  return error.cause instanceof ApplicationFailure ? (error.cause.type ?? null) : null;
}

/** The refusal's words: those that it brings along, or else its message alone. */
function wordsOf({ cause }: WorkflowUpdateFailedError): Bilingual | string | undefined {
  const [said] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return (said as Bilingual | undefined) ?? cause?.message;
}

const isErrorCode = (text: string | null): text is ErrorCode => text !== null && text in ERRORS;

function toCatalogue(error: unknown, workflowId: string): unknown {
  const code = refusalType(error);
  if (isErrorCode(code) && error instanceof WorkflowUpdateFailedError)
    return new ChainlightError(code, wordsOf(error) ?? code, { workflowId }, { cause: error });
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return new ChainlightError(
      'SERVER_UNREACHABLE',
      'the onboarding has not answered in time; send the same act again',
      { workflowId },
      { cause: error },
    );
  if (error instanceof Error && isGrpcServiceError(error.cause))
    return new ChainlightError('SERVER_UNREACHABLE', 'Temporal does not answer', {}, { cause: error });
  return error;
}
