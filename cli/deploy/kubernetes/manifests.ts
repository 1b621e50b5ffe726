/** What the manifests say of one model. */
export interface Served {
  /** Of all objects: a DNS label. */
  readonly name: string;
  /** `v3` */
  readonly version: string;
  readonly image: string;
  readonly port: number;
  readonly replicas: { readonly least: number; readonly most: number };
  readonly gpu: boolean;
  /** Of the container, at rest and at most: bytes. */
  readonly memory: { readonly request: number; readonly limit: number };
}

/** A Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** Seconds: until a pod that is told to end has left the Service; then of `reprise serve --drain`; then in reserve. */
const LEAVING = { service: 5, drain: 30, reserve: 10 };

/** The objects by the name of their file. They name no namespace, and keys for requests only by the Secret that has them. */
export function manifestsOf(served: Served): Readonly<Record<string, Manifest>> {
  const { name, version, replicas } = served;
  const selector = { 'app.kubernetes.io/name': name };
  const labels = {
    ...selector,
    'app.kubernetes.io/version': version,
    'app.kubernetes.io/managed-by': 'reprise',
  };
  const metadata = { name, labels };
  return {
    'deployment.yaml': {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      // How many there are, the HorizontalPodAutoscaler says.
      spec: {
        selector: { matchLabels: selector },
        // Another version takes requests before one of the earlier leaves.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: { metadata: { labels, annotations: scraped(served) }, spec: podOf(served, selector) },
      },
    },
    'service.yaml': {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    'autoscaler.yaml': {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: replicas.least,
        maxReplicas: replicas.most,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
        // A model takes long to load: what is there stays for a while.
        behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
      },
    },
    'disruption-budget.yaml': {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
    },
  };
}

/** For `kubectl apply -k`, and as the base of overlays. */
export function kustomization(files: readonly string[]): Manifest {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: files };
}

export function secretName(name: string): string {
  return `${name}-api-keys`;
}

function scraped({ port }: Served): Readonly<Record<string, string>> {
  return {
    'prometheus.io/scrape': 'true',
    'prometheus.io/path': '/metrics',
    'prometheus.io/port': String(port),
  };
}

function podOf(served: Served, selector: Readonly<Record<string, string>>): object {
  const { gpu } = served;
  return {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    terminationGracePeriodSeconds: LEAVING.service + LEAVING.drain + LEAVING.reserve,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selector },
      },
    ],
    ...(gpu ? { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] } : {}),
    containers: [containerOf(served)],
    // The root file system cannot be written; TensorFlow reads its graphs from files there.
    volumes: [{ name: 'tmp', emptyDir: {} }],
  };
}

function containerOf({ name, image, port, gpu, memory }: Served): object {
  const probe = (path: string) => ({ httpGet: { path, port: 'http' } });
  return {
    name: 'model',
    image,
    args: ['--drain', String(LEAVING.drain)],
    env: [
      { name: 'PORT', value: String(port) },
      {
        name: 'REPRISE_API_KEYS',
        valueFrom: { secretKeyRef: { name: secretName(name), key: 'keys' } },
      },
    ],
    ports: [{ name: 'http', containerPort: port }],
    // Five minutes to load; then it is asked whether it takes requests, and whether it runs at all.
    startupProbe: { ...probe('/health/ready'), periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: { ...probe('/health/ready'), periodSeconds: 5, timeoutSeconds: 2 },
    livenessProbe: { ...probe('/health/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    // Requests still come until all have heard that it leaves.
    lifecycle: { preStop: { exec: { command: ['sleep', String(LEAVING.service)] } } },
    resources: {
      requests: { cpu: '1', memory: mebibytes(memory.request) },
      limits: { memory: mebibytes(memory.limit), ...(gpu ? { 'nvidia.com/gpu': 1 } : {}) },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}
