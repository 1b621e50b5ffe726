import type { WorkflowHandle } from '@temporalio/client';

interface Activity {
  readonly type: string;
  readonly id: string;
  readonly scheduled: number;
  readonly queue: string;
}

/** The activities of a run from whose scheduling to whose end it took longer, a line each: what a long run waited for. */
export async function longWaits(handle: WorkflowHandle, seconds: number): Promise<string[]> {
  const events = (await handle.fetchHistory()).events ?? [];
  const at = (event: (typeof events)[number] | undefined): number => Number(event?.eventTime?.seconds ?? 0);
  const began = at(events[0]);
  const activities = new Map<string, Activity>();
  const starts = new Map<string, { readonly at: number; readonly text: string }>();
  const lines: string[] = [];
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const started = event.activityTaskStartedEventAttributes;
    const closed =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (scheduled)
      activities.set(String(event.eventId), {
        type: scheduled.activityType?.name ?? '',
        id: scheduled.activityId ?? '',
        queue: scheduled.taskQueue?.name ?? '',
        scheduled: at(event),
      });
    if (started)
      starts.set(String(started.scheduledEventId), {
        at: at(event),
        text: `attempt ${started.attempt} after ${started.lastFailure?.message ?? 'no failure'}`,
      });
    const key = String(closed?.scheduledEventId);
    const activity = activities.get(key);
    if (!activity || at(event) - activity.scheduled < seconds) continue;
    const start = starts.get(key);
    lines.push(
      `${activity.type} ${activity.id} on ${activity.queue}: scheduled at ${activity.scheduled - began} s, ` +
        `last begun at ${start ? start.at - began : '-'} s (${start?.text ?? 'never'}), over at ${at(event) - began} s`,
    );
  }
  return lines;
}
