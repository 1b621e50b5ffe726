import { z } from 'zod';

const words = z.array(z.string().min(1));

/** `registry` in `.reprise/config.yaml`: what models are called, and what their cards say that no file knows. */
export const registrySection = z.strictObject({
  /** Default: `name` of `configs/base_config.yaml`, else the folder's or the repository's. */
  name: z.string().min(1).max(200).optional(),
  /** An identifier of the Hugging Face hub: `apache-2.0`, `mit`, `other`. */
  license: z.string().min(1).optional(),
  /** ISO 639-1. */
  language: words.optional(),
  /** Beside those that follow from the model. */
  tags: words.optional(),
  /** Names on the hub, beside the one that the data came from. */
  datasets: words.optional(),
  /** First lines of each card; Markdown. */
  description: z.string().min(1).optional(),
});

export type RegistrySettings = z.output<typeof registrySection>;

/** What a project's models are registered as. */
export interface Registry {
  /** As MLflow's registry and DVC's artifacts take it: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly settings: RegistrySettings;
}

/** @param otherwise names that will do where the section has none, the best first */
export function registryOf(settings: RegistrySettings, ...otherwise: (string | undefined)[]): Registry {
  const given = [settings.name, ...otherwise].find((name) => name !== undefined);
  return { name: registryName(given ?? ''), settings };
}

/** GTO's rule is the narrowest of those that a name has to satisfy. */
function registryName(given: string): string {
  const name = given
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '');
  return name === '' ? 'model' : name;
}
