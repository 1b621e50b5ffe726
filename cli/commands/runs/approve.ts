import type { Command } from 'commander';
import { answerCommand } from './answer-command.js';

/** `reprise runs approve`: puts a model that waits for it into production. */
export function approveCommand(): Command {
  return answerCommand('approve', 'put a model that waits for approval into production');
}
