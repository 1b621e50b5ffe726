import type { Command } from 'commander';
import { answerCommand } from './answer-command.js';

/** `reprise runs reject`: leaves the model in production as it is. */
export function rejectCommand(): Command {
  return answerCommand('reject', 'turn down a model that waits for approval');
}
