import type { ProgressEvent, RunEvent, StageEvent } from './events.js';

export interface StageView {
  readonly stage: StageEvent;
  readonly progress: ProgressEvent | undefined;
}

/** What has been told of a run so far; renderers that repaint read it. */
export class RunView {
  readonly stages = new Map<string, StageView>();
  /** The server is away. */
  lost = false;

  apply(event: RunEvent): void {
    switch (event.event) {
      case 'plan':
        for (const { address, queue } of event.stages) {
          const stage = {
            event: 'stage',
            address,
            status: 'pending',
            queue,
            attempt: 0,
            restarts: 0,
          } as const;
          this.stages.set(address, { stage, progress: undefined });
        }
        break;
      case 'stage':
        this.stages.set(event.address, {
          stage: event,
          progress: event.status === 'running' ? this.stages.get(event.address)?.progress : undefined,
        });
        break;
      case 'progress': {
        const view = this.stages.get(event.address);
        if (view) this.stages.set(event.address, { ...view, progress: event });
        break;
      }
      case 'server':
        this.lost = event.state === 'lost';
        break;
      default:
    }
  }

  count(...statuses: StageEvent['status'][]): number {
    return [...this.stages.values()].filter(({ stage }) => statuses.includes(stage.status)).length;
  }
}
