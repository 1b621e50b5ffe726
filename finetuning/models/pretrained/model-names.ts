/** What torchvision calls these models, and where the hub has them. */
const aliases: Readonly<Record<string, string>> = Object.fromEntries(
  [18, 34, 50, 101, 152].map((depth) => [`resnet${depth}`, `microsoft/resnet-${depth}`]),
);

export function withoutAlias(modelName: string): string {
  return (Object.hasOwn(aliases, modelName) ? aliases[modelName] : undefined) ?? modelName;
}

/** `gpt2` or `owner/name`: anything else is a path. */
export function isHubName(modelName: string): boolean {
  return (
    modelName.split('/').length <= 2 && modelName.split('/').every((part) => /^[\w-][\w.-]*$/.test(part))
  );
}

/** What may follow `refs/` in the cache. */
export function isRevision(revision: string): boolean {
  return revision.split('/').every((part) => /^[\w-][\w.+-]*$/.test(part));
}
