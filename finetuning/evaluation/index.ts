export type { Classifier, Contender } from './classifier.js';
export { largestConfusions, worstErrors, type Comparison, type Judged } from './comparison.js';
export { evaluateAnswers, type AnswersRecord, type EvaluateAnswersOptions } from './evaluate-answers.js';
export { evaluate, type EvaluateOptions, type EvaluateResult } from './evaluate.js';
export {
  confusionMatrix,
  metricsOf,
  type ClassMetrics,
  type ConfusionMatrix,
  type Metrics,
} from './metrics.js';
export { metricsRecord } from './write-outputs.js';
export { predictCompletions, type PredictCompletionsOptions } from './predict-completions.js';
export { predictAnswers } from './predict-answers.js';
export { predictTestSet, type PredictOptions } from './predict.js';
