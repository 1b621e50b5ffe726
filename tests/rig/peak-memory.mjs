// @ts-check
/** Loaded before a program (`node --import`): writes its peak resident memory, in bytes, to the file that PEAK names. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env['PEAK'];
  if (file) writeFileSync(file, String(process.resourceUsage().maxRSS * 1024));
});
