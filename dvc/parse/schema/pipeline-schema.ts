import { isMapping } from '../values.js';
import {
  anyList,
  anyMapping,
  anything,
  either,
  flag,
  listOf,
  mappingOf,
  record,
  text,
  type Schema,
} from './schema.js';

/** Of outs and artifacts: they describe, and change nothing. */
const annotations = { desc: text, type: text, labels: listOf(text), meta: anything };

const outFlags = { ...annotations, cache: flag, persist: flag, checkpoint: flag, remote: text, push: flag };

const plotFlags = {
  ...outFlags,
  template: text,
  x: text,
  y: text,
  x_label: text,
  y_label: text,
  title: text,
  header: flag,
};

const outs = listOf(either({ text, mapping: mappingOf(record(outFlags)) }));
const plots = listOf(
  either({
    text,
    mapping: mappingOf(either({ mapping: record(plotFlags), list: listOf(record(plotFlags)) })),
  }),
);

const vars = listOf(either({ text, mapping: anyMapping }));

const stage = record(
  {
    matrix: mappingOf(either({ text, list: anyList })),
    cmd: either({ text, list: anyList }),
    wdir: text,
    deps: listOf(text),
    params: listOf(either({ text, mapping: anyMapping })),
    vars,
    frozen: flag,
    meta: anything,
    desc: text,
    always_changed: flag,
    outs,
    metrics: outs,
    plots,
  },
  ['cmd'],
);

const generatedStages = record({ foreach: either({ text, list: anyList, mapping: anyMapping }), do: stage }, [
  'foreach',
  'do',
]);

const stageDefinition: Schema = (value, path, file) => {
  const isGenerated = isMapping(value) && (value.has('foreach') || value.has('do'));
  (isGenerated ? generatedStages : stage)(value, path, file);
};

const axis = {
  x: either({ text, mapping: mappingOf(text) }),
  y: either({ text, list: listOf(text), mapping: mappingOf(either({ text, list: listOf(text) })) }),
};
const topPlot = { ...axis, x_label: text, y_label: text, title: text, template: text };

/** A dvc.yaml. */
export const pipelineSchema = record({
  stages: mappingOf(stageDefinition),
  vars,
  params: listOf(text),
  metrics: listOf(text),
  plots: listOf(either({ text, mapping: mappingOf(either({ mapping: record(topPlot), null: anything })) })),
  artifacts: mappingOf(record({ path: text, ...annotations }, ['path'])),
  datasets: anything,
});
