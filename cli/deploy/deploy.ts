import { relative, resolve } from 'node:path';
import { findProjectRoot, loadBaseConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { say } from '../retrain/say.js';
import { keysIn } from '../serving/keys.js';
import { buildImage } from './image/build-image.js';
import { layOutImage } from './image/lay-out-image.js';
import { secretName } from './kubernetes/manifests.js';
import { memoryOf } from './kubernetes/memory.js';
import { writeManifests } from './kubernetes/write-manifests.js';
import { promotedFolder, promotedRecord } from './promoted.js';
import { turnServer } from './server/turn-server.js';

export interface DeployFlags {
  readonly target: 'image' | 'kubernetes' | 'server';
  readonly output?: string;
  readonly name?: string;
  readonly image?: string;
  readonly port: number;
  readonly replicas: number;
  readonly maxReplicas?: number;
  readonly gpu: boolean;
  readonly build: boolean;
  readonly url?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly json: boolean;
}

/**
 * Brings the model in production to where it is asked: as the folder of an image, as Kubernetes manifests, or into a server
 * that runs.
 *
 * @throws DiagnosticError `nothing-promoted`, `model-not-here`, and those of the targets
 */
export async function deploy(cwd: string, flags: DeployFlags): Promise<void> {
  const { target, json, port, gpu } = flags;
  const root = findProjectRoot(cwd);
  const record = await promotedRecord(root);
  const version = `v${record.version}`;
  const name = flags.name ?? labelOf(loadBaseConfig(root).name);
  const image = flags.image ?? `${name}:${version}${gpu ? '-cuda' : ''}`;
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  const output = resolve(cwd, flags.output ?? resolve(root, 'deploy', target));
  const shown = relative(cwd, output) || '.';
  const end = (fields: object, lines: readonly string[]): void =>
    say(json, { event: 'deployed', target, version: record.version, ...fields }, lines);

  switch (target) {
    case 'image': {
      await layOutImage({ root, record, output, port, log });
      const build = `docker build --target ${gpu ? 'cuda' : 'cpu'} --tag ${image} ${shown}`;
      if (flags.build) await buildImage(output, gpu ? 'cuda' : 'cpu', image);
      const next = flags.build ? `built ${image}` : `build it: ${build}`;
      return end({ output, built: flags.build, image }, [`${version} is laid out in ${shown}`, next]);
    }
    case 'kubernetes': {
      const memory = await memoryOf(root, promotedFolder(root, record), log);
      const replicas = { least: flags.replicas, most: flags.maxReplicas ?? 2 * flags.replicas };
      if (replicas.most < replicas.least) throw badReplicas(replicas);
      const files = await writeManifests(output, { name, version, image, port, replicas, gpu, memory });
      return end({ output, image, files }, [
        `manifests for ${version}, of the image ${image}, are in ${shown}`,
        `keys: kubectl create secret generic ${secretName(name)} --from-literal=keys=KEY`,
        `then: kubectl apply -k ${shown}`,
      ]);
    }
    case 'server': {
      const { url = 'http://127.0.0.1:8080', timeout } = flags;
      const [key] = [...keysIn('REPRISE_ADMIN_KEYS'), ...keysIn('REPRISE_API_KEYS')];
      const { before } = await turnServer({ url, version, key, timeout, log });
      const line =
        before === version
          ? `${url} serves ${version} already`
          : `${url} serves ${version}, before it ${before}`;
      return end({ url, before }, [line]);
    }
  }
}

/** A DNS label: what Kubernetes calls things, with room for what is put behind it. */
function labelOf(name: string): string {
  const label = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return label === '' ? 'model' : label;
}

function badReplicas({ least, most }: { readonly least: number; readonly most: number }): DiagnosticError {
  return new DiagnosticError('bad-replicas', {
    message: `--max-replicas ${most} is less than --replicas ${least}`,
    fix: `say --max-replicas ${least} or more`,
  });
}
