/** What people call a repository: the last part of its URL. */
export function repositoryName(url: string): string {
  return /([^/:]+?)(\.git)?\/*$/.exec(url)?.[1] ?? url;
}
