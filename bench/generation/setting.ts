import { settingOf } from '../finetuning/setting.js';

/** Greedy decoding with a key-value cache: random weights, prompts of random tokens, so many tokens more for each. */
export interface GenerationBenchSetting {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rows: number;
  readonly promptTokens: number;
  readonly newTokens: number;
}

export function generationSetting(rows: number): GenerationBenchSetting {
  return { config: settingOf('gpt2', 'full', 'float32', 0).config, rows, promptTokens: 32, newTokens: 64 };
}

/** What one side prints, as JSON, on its last line: seconds for a token of every row, the prompt's reading left out. */
export interface GenerationMeasurement {
  readonly secondsPerToken: number;
  readonly cpuPerToken: number;
  /** Of reading the prompts, up to their first token. */
  readonly secondsOfPrompt: number;
  readonly peakMemory: number;
  readonly tokens: number;
}
