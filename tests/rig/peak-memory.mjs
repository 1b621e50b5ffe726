// @ts-check
/** Loaded before a program (`node --import`): writes its peak resident memory, in bytes, to the file that PEAK names. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const file = process.env['PEAK'];
  if (file) writeFileSync(file, String(peak() * 1024));
});

/** KiB. On Linux, what `resourceUsage` says begins with the memory of the process that forked this one. */
function peak() {
  const status = '/proc/self/status';
  const text = existsSync(status) ? readFileSync(status, 'utf8') : '';
  return Number(/VmHWM:\s*(\d+)/.exec(text)?.[1] ?? process.resourceUsage().maxRSS);
}
