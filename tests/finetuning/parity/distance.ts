type Gradients = Readonly<Record<string, ArrayLike<number>>>;

/** ‖found − expected‖ / ‖expected‖ over all parameters. */
export function distance(found: Gradients, expected: Gradients): number {
  let [apart, whole] = [0, 0];
  for (const [name, values] of Object.entries(expected))
    for (let at = 0; at < values.length; at++) {
      const value = values[at] as number;
      apart += ((found[name]?.[at] as number) - value) ** 2;
      whole += value ** 2;
    }
  return Math.sqrt(apart / whole);
}
