import { resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openS3Store } from '../../storage/index.js';
import { resolveRemote, s3Options, type RemoteSetting } from '../remote/index.js';
import type { Project, Stage } from '../types.js';
import { HttpSource } from './http-source.js';
import { LocalSource } from './local-source.js';
import type { UrlImport } from './read-import.js';
import { S3Source } from './s3-source.js';
import type { UrlSource } from './source.js';

/**
 * @param stage the `.dvc` file
 * @throws DiagnosticError `import-unsupported`, `bad-config`, `remote-unknown`
 */
export async function openUrl(project: Project, stage: Stage, source: UrlImport): Promise<UrlSource> {
  const [, name, below = ''] = /^remote:\/\/([^/]+)\/*(.*)$/.exec(source.url) ?? [];
  const remote = name === undefined ? undefined : resolveRemote(project, name);
  const url = remote ? [remote.url, ...(below === '' ? [] : [below])].join('/') : source.url;
  const scheme = /^(\w[\w+.-]*):\/\//.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return new LocalSource(project, resolve(stage.wdir, url));
  if (scheme === 'http' || scheme === 'https') return new HttpSource(url);
  if (scheme === 's3') {
    const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/*(.*?)\/*$/i.exec(url) ?? [];
    const own = Object.entries(source.options).map(([option, value]): [string, RemoteSetting] => [
      option,
      { value, file: stage.dvcfile },
    ]);
    const settings = new Map([...(remote?.settings ?? []), ...own]);
    const place = { name: name ?? 'import', url: `s3://${bucket}`, settings };
    return new S3Source(await openS3Store(s3Options(project.root, place)), key);
  }
  throw new DiagnosticError('import-unsupported', {
    message: `${stage.address} imports from ${scheme}://, which cannot be updated here`,
    at: stage.at,
    expected: 'a path, s3://, http:// or https://',
    fix: `update it with dvc update ${stage.address}`,
  });
}
