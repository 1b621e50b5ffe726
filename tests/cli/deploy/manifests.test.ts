import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Served } from '../../../cli/deploy/kubernetes/manifests.js';
import { writeManifests } from '../../../cli/deploy/kubernetes/write-manifests.js';

/** `kubernetes-validate`, which carries the schemas that Kubernetes publishes of each version. */
const validator = process.env['REPRISE_TEST_KUBERNETES'];
const itWithSchemas = validator ? it : it.skip;

const served: Served = {
  name: 'prose',
  version: 'v3',
  image: 'registry.example/prose:v3',
  port: 9000,
  replicas: { least: 2, most: 5 },
  gpu: false,
  memory: { request: 700 * 2 ** 20, limit: 2 ** 30 + 1 },
};

const folder = mkdtempSync(join(tmpdir(), 'reprise-manifests-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function written(
  options: Partial<Served> = {},
): Promise<Record<string, { spec: Record<string, unknown> }>> {
  await writeManifests(folder, { ...served, ...options });
  const files = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
  return Object.fromEntries(files.map((name) => [name, parse(readFileSync(join(folder, name), 'utf8'))]));
}

interface Pod {
  readonly containers: readonly {
    readonly resources: unknown;
    readonly ports: unknown;
    readonly env: unknown;
    readonly startupProbe: unknown;
    readonly securityContext: unknown;
  }[];
  readonly tolerations?: unknown;
}
const podOf = (all: Record<string, { spec: Record<string, unknown> }>): Pod =>
  (all['deployment.yaml']?.spec['template'] as { spec: Pod }).spec;

describe('Kubernetes manifests', () => {
  it('are named by the kustomization, select the same pods, and name no namespace', async () => {
    const all = await written();
    const { resources } = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as {
      resources: string[];
    };
    expect([...resources].sort()).toEqual(Object.keys(all).sort());
    const selector = { 'app.kubernetes.io/name': 'prose' };
    expect(all['service.yaml']?.spec).toMatchObject({ selector });
    expect(all['deployment.yaml']?.spec).toMatchObject({ selector: { matchLabels: selector } });
    expect(all['disruption-budget.yaml']?.spec).toMatchObject({ selector: { matchLabels: selector } });
    expect(all['autoscaler.yaml']?.spec).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
    expect(JSON.stringify(all)).not.toContain('namespace');
  });

  it('ask for what the model takes, and for a GPU only where one is wanted', async () => {
    const cpu = podOf(await written());
    expect(cpu.containers[0]?.resources).toEqual({
      requests: { cpu: '1', memory: '700Mi' },
      limits: { memory: '1025Mi' },
    });
    expect(cpu.tolerations).toBeUndefined();
    const gpu = podOf(await written({ gpu: true }));
    expect(gpu.containers[0]?.resources).toMatchObject({ limits: { 'nvidia.com/gpu': 1 } });
    expect(gpu.tolerations).toHaveLength(1);
  });

  it('look at the routes that serving has, and have keys from a Secret', async () => {
    const [container] = podOf(await written()).containers;
    expect(container).toMatchObject({
      startupProbe: { httpGet: { path: '/health/ready', port: 'http' } },
      readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
      livenessProbe: { httpGet: { path: '/health/live', port: 'http' } },
      ports: [{ name: 'http', containerPort: 9000 }],
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
    expect(container?.env).toContainEqual({
      name: 'REPRISE_API_KEYS',
      valueFrom: { secretKeyRef: { name: 'prose-api-keys', key: 'keys' } },
    });
  });

  itWithSchemas.each(['1.29.1', '1.37.0'])('are what the schemas of Kubernetes %s say', async (version) => {
    for (const gpu of [false, true]) {
      const files = Object.keys(await written({ gpu })).map((name) => join(folder, name));
      const validate = (...of: string[]): string =>
        execFileSync(validator as string, ['--strict', '-k', version, ...of], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
      expect(validate(...files).match(/passed for resource/g)).toHaveLength(4);
      // The judge does judge.
      const wrong = join(folder, 'deployment.yaml');
      writeFileSync(wrong, readFileSync(wrong, 'utf8').replace('containerPort:', 'containerport:'));
      expect(() => validate(wrong)).toThrow(
        expect.objectContaining({ stdout: expect.stringContaining('did not validate') }),
      );
    }
  });
});
