import { z } from 'zod';
import type { RestClient } from '../store/rest-client.js';
import { VERSION_TAG, type RegisteredVersion } from './registered-version.js';

const version = z.object({ version: z.coerce.string() });
const oneVersion = z.object({ model_version: version });
const versions = z.object({ model_versions: z.array(version).default([]) });

/**
 * Puts a version into the registry of an MLflow server. What is there is asked first: an answer that was lost makes no second
 * version.
 *
 * @param source URI of the model's files
 * @throws StoreFailure
 */
export async function putOnServer(
  client: RestClient,
  { model: name, version: ours, description, tags, aliases }: RegisteredVersion,
  { runId, source }: { readonly runId: string; readonly source: string },
): Promise<void> {
  const all = { ...tags, [VERSION_TAG]: String(ours) };
  await client.send({ method: 'POST', url: client.url('/registered-models/create'), json: { name } }, [
    'RESOURCE_ALREADY_EXISTS',
  ]);
  const filter = `name='${name}' AND tags."${VERSION_TAG}"='${ours}'`;
  const found = await client.get(
    `/model-versions/search?${new URLSearchParams({ filter, max_results: '1' }).toString()}`,
    versions,
  );
  const number =
    found.model_versions[0]?.version ??
    (
      await client.post(
        '/model-versions/create',
        {
          ...{ name, source, run_id: runId, description },
          tags: Object.entries(all).map(([key, value]) => ({ key, value })),
        },
        oneVersion,
      )
    ).model_version.version;
  for (const alias of aliases.set)
    await client.post('/registered-models/alias', { name, alias, version: number }, z.unknown());
  for (const alias of aliases.unset) {
    const query = new URLSearchParams({ name, alias }).toString();
    const answer = await client.send(
      { method: 'GET', url: client.url(`/registered-models/alias?${query}`) },
      ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'],
    );
    if (answer === undefined || client.parse(oneVersion, answer).model_version.version !== number) continue;
    await client.send({
      method: 'DELETE',
      url: client.url('/registered-models/alias'),
      json: { name, alias },
    });
  }
}
