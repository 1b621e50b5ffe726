import { Command } from 'commander';

/** `reprise doctor`: ends with 0 when pipelines can be run here, with 1 when something that this takes is missing. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at what this host has, what is missing, and which command mends it')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const { examine, formatExamination } = await import('../doctor/index.js');
      const examination = await examine();
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ event: 'result', ...examination })}\n`
          : formatExamination(examination),
      );
      if (!examination.pipelines) process.exitCode = 1;
    });
}
