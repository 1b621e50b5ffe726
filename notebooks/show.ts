/** Media type → content; `text/plain` for those that can show nothing else. */
export type Shown = Readonly<Record<string, string>> & { readonly 'text/plain': string };

/** What of Deno's kernel is used: https://docs.deno.com/api/deno/~/Deno.jupyter. */
interface DenoKernel {
  readonly Deno?: {
    readonly jupyter?: { broadcast(type: 'display_data', content: object): Promise<void> };
  };
}

/** Milliseconds. Deno's kernel sends what is shown beside its word that the cell is done, which is not to overtake it. */
const HEADSTART = 20;

/**
 * Shows something under the cell that runs; outside of a notebook it is printed as text. A cell's last value would be shown
 * too, but the word that the cell is done overtakes it more often than not on a busy host, and then it is lost.
 */
export async function show(shown: Shown): Promise<void> {
  const kernel = (globalThis as DenoKernel).Deno?.jupyter;
  if (!kernel) {
    console.log(shown['text/plain']);
    return;
  }
  await kernel.broadcast('display_data', { data: shown, metadata: {}, transient: {} });
  await new Promise((resolve) => setTimeout(resolve, HEADSTART));
}

/** In place of a chart or table without content, as when the stage that makes it has not run. */
export async function showNothingYet(title: string): Promise<void> {
  await show({ 'text/plain': `${title}: nothing to show yet` });
}
