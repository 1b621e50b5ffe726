/** How a run is shown: events are data, renderers are apart. */
export { createRenderer, type RendererOptions } from './create-renderer.js';
export type {
  DryRunEvent,
  MetricsEvent,
  NoticeEvent,
  PlanEvent,
  ProgressEvent,
  Renderer,
  ReportEvent,
  RunEvent,
  RunFinished,
  RunStarted,
  ServerEvent,
  StageEvent,
} from './events.js';
