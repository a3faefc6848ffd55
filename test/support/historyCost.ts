import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * What a run costs: history events, and actions by Temporal Cloud's billing rules: a start, a signal, an update, a timer, an activity
 * and each of its retries count one; all local activities of one workflow task count one together; so do continue-as-new, a change of search
 * attributes and, to be on the safe side, the mark of a patch.
 */
export function historyCost(events: readonly HistoryEvent[]): { events: number; actions: number } {
  const localBatches = new Set<string>();
  let actions = 0;
  for (const event of events) {
    if (
      event.workflowExecutionStartedEventAttributes ||
      event.workflowExecutionSignaledEventAttributes ||
      event.workflowExecutionUpdateAcceptedEventAttributes ||
      event.timerStartedEventAttributes ||
      event.activityTaskScheduledEventAttributes ||
      event.upsertWorkflowSearchAttributesEventAttributes ||
      event.workflowExecutionContinuedAsNewEventAttributes
    )
      actions++;
    actions += Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity')
      localBatches.add(String(marker.workflowTaskCompletedEventId));
    else if (marker) actions++;
  }
  return { events: events.length, actions: actions + localBatches.size };
}
