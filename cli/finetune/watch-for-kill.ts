import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Waits for a word; without it, says the first text if the system has killed for want of memory meanwhile, or the second. */
const SCRIPT = `
kills() { sed -n 's/^oom_kill //p' /proc/vmstat; }
before=$(kills)
read -r word
[ "$word" = done ] && exit
if [ "$(kills)" != "$before" ]; then text=$1; else text=$2; fi
[ -n "$text" ] && printf '%s\\n' "$text" >&"$3"`;

/**
 * Who is killed cannot say why: a small shell beside this process does so, once it is gone without a word. Only on Linux,
 * which counts its kills for want of memory.
 *
 * @param texts for a kill by the system; and for any end without a word, where the process's memory is limited: C++ ends a
 *   process that finds none
 * @param fd 1 or 2: where they are written
 */
export function watchForKill(texts: { readonly killed: string; readonly limited: string }, fd: 1 | 2): void {
  if (process.platform !== 'linux') return;
  const limited = isLimited() ? texts.limited : '';
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'sh', texts.killed, limited, String(fd)], {
    stdio: ['pipe', 'inherit', 'inherit'],
    // Out of reach of what ends this process's group.
    detached: true,
  });
  // Without it all goes as well.
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as Socket).unref();
  // A pipe takes so few bytes at once.
  process.once('exit', () => watcher.stdin.write('done\n'));
}

/** By `ulimit -v` or `-d`, or since the system gives no memory that it may not have. */
function isLimited(): boolean {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const limits = read('/proc/self/limits');
  return (
    /^Max (address space|data size) +\d/m.test(limits) ||
    read('/proc/sys/vm/overcommit_memory').trim() === '2'
  );
}
