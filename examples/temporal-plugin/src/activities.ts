/** An activity of the application's own, beside those of the plugin. */
export async function announce(text: string): Promise<void> {
  console.log(text);
}
