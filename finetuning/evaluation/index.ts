export type { Classifier, Contender, Production } from './classifier.js';
export type { ComparedPair } from './compared/compared.js';
export { largestConfusions, worstErrors, type Comparison, type Judged } from './comparison.js';
export { dataPlace } from './data-place.js';
export type { AnswersComparison, JudgedAnswers } from './answers-comparison.js';
export { evaluateAnswers, type EvaluateAnswersOptions } from './evaluate-answers.js';
export { answersRecord } from './write-answers-outputs.js';
export { evaluate, type EvaluateOptions, type EvaluateResult } from './evaluate.js';
export {
  evaluateLanguage,
  type EvaluateLanguageOptions,
  type LanguageContender,
} from './language/evaluate-language.js';
export type { JudgedLanguage, LanguageComparison } from './language/language-comparison.js';
export { languageMetrics } from './language/write-language-outputs.js';
export {
  confusionMatrix,
  metricsOf,
  type ClassMetrics,
  type ConfusionMatrix,
  type Metrics,
} from './metrics.js';
export type { TestSetFiles } from './test-set.js';
export { metricsRecord } from './write-outputs.js';
export { predictCompletions, type PredictCompletionsOptions } from './predict-completions.js';
export { predictAnswers } from './predict-answers.js';
export { predictLabels, type PredictOptions } from './predict.js';
export { barChart, type Scale, type Series } from './report/bar-chart.js';
export { escape } from './report/html.js';
export { lineChart, type Line, type LineChart } from './report/line-chart.js';
