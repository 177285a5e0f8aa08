/** The Kubernetes manifests fit the strict schemas of the API and each other. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';
import { isObject, type JsonObject } from '../../src/plan/json';
import { at, documents, faults, kubernetesSchema, ROOT, text } from './schema';

const FOLDERS = ['deploy/kubernetes', 'deploy/kubernetes/agents'];
const EXAMPLE = 'secret.example.yaml';
const manifests = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .flatMap((name) =>
      documents(`${folder}/${name}`).map((body): readonly [string, JsonObject] => [`${name} ${label(body)}`, body]),
    ),
);

function label(body: JsonObject): string {
  return `${text(body, 'kind')} ${text(body, 'metadata', 'name')}`;
}

function ofKind(kind: string): readonly (readonly [string, JsonObject])[] {
  return manifests
    .filter(([, body]) => body['kind'] === kind)
    .map(([, body]) => [text(body, 'metadata', 'name'), body]);
}

const deployments = ofKind('Deployment');
const pod = (body: JsonObject): unknown => at(body, 'spec', 'template', 'spec');
const container = (body: JsonObject): unknown => at(pod(body), 'containers', 0);

describe('the manifests', () => {
  test.each(manifests)('%s fits the strict schema', (_, body) => {
    expect(faults(kubernetesSchema(`${text(body, 'apiVersion')}/${text(body, 'kind')}`), body)).toEqual([]);
  });

  test('a misspelt member and a wrong type would be refused', () => {
    const schema = kubernetesSchema('apps/v1/Deployment');
    const [, api] = deployments.find(([name]) => name === 'mcp-orchestrator') ?? [];
    const spec = at(api, 'spec') as JsonObject;
    expect(faults(schema, { ...api, spec: { ...spec, replica: 3 } })).not.toEqual([]);
    expect(faults(schema, { ...api, spec: { ...spec, replicas: 'three' } })).not.toEqual([]);
  });

  test.each(FOLDERS)(
    'the kustomization of %s lists every manifest and leaves the example of a secret out',
    (folder) => {
      const [kustomization] = documents(`${folder}/kustomization.yaml`);
      const there = readdirSync(path.join(ROOT, folder)).filter(
        (name) => name.endsWith('.yaml') && name !== 'kustomization.yaml',
      );
      expect([...(at(kustomization, 'resources') as string[])].sort()).toEqual(
        there.filter((name) => name !== EXAMPLE).sort(),
      );
    },
  );

  test('no manifest holds a secret: the one Secret has places to fill in', () => {
    expect(ofKind('Secret')).toHaveLength(1);
    for (const value of Object.values(at(ofKind('Secret')[0]?.[1], 'stringData') as JsonObject))
      expect(value).toMatch(/^<.+>$/);
  });
});

describe('the API', () => {
  test('is the Deployment that the specification shows', () => {
    const [, api] = deployments.find(([name]) => name === 'mcp-orchestrator') ?? [];
    expect(api).toMatchObject({
      apiVersion: 'apps/v1',
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'mcp-orchestrator' } },
        template: {
          metadata: { labels: { app: 'mcp-orchestrator' } },
          spec: {
            containers: [
              {
                name: 'mcp-orchestrator',
                image: 'linguamate/mcp-orchestrator:latest',
                ports: [{ containerPort: 3000 }],
                env: [
                  { name: 'NODE_ENV', value: 'production' },
                  { name: 'CONFIG_PATH', value: '/config/production.json' },
                ],
                resources: { requests: { memory: '512Mi', cpu: '500m' }, limits: { memory: '1Gi', cpu: '1000m' } },
              },
            ],
          },
        },
      },
    });
  });

  test('is reached through a Service that finds its pods and their port', () => {
    const [[, service] = []] = ofKind('Service');
    const [, api] = deployments.find(([name]) => name === 'mcp-orchestrator') ?? [];
    expect(at(api, 'spec', 'template', 'metadata', 'labels')).toMatchObject(
      at(service, 'spec', 'selector') as JsonObject,
    );
    const names = (at(container(api as JsonObject), 'ports') as { name: string }[]).map(({ name }) => name);
    expect(names).toContain(at(service, 'spec', 'ports', 0, 'targetPort'));
  });
});

describe.each(deployments)('Deployment %s', (name, body) => {
  test('selects its own pods', () => {
    expect(at(body, 'spec', 'template', 'metadata', 'labels')).toMatchObject(
      at(body, 'spec', 'selector', 'matchLabels') as JsonObject,
    );
  });

  test('asks for nothing that a restricted namespace refuses', () => {
    expect(pod(body)).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(at(container(body), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('is probed on a port that it names, and asks for resources within its limits', () => {
    const ports = (at(container(body), 'ports') as { name: string }[]).map((port) => port.name);
    for (const [probe, route] of [
      ['startupProbe', '/healthz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const) {
      expect(at(container(body), probe, 'httpGet', 'path')).toBe(route);
      expect(ports).toContain(at(container(body), probe, 'httpGet', 'port'));
    }
    const bytes = (level: string): number => mebibytes(text(container(body), 'resources', level, 'memory'));
    expect(bytes('requests')).toBeLessThanOrEqual(bytes('limits'));
  });

  test('mounts and refers to what there is', () => {
    const volumes = (at(pod(body), 'volumes') as { name: string }[]).map((volume) => volume.name);
    for (const mount of at(container(body), 'volumeMounts') as { name: string }[])
      expect(volumes).toContain(mount.name);
    const maps = ofKind('ConfigMap').map(([map]) => map);
    const secrets = ofKind('Secret').map(([secret]) => secret);
    for (const source of at(container(body), 'envFrom') as JsonObject[])
      if (isObject(source['configMapRef'])) expect(maps).toContain(source['configMapRef']['name']);
      else expect(secrets).toContain(at(source, 'secretRef', 'name'));
    expect(maps).toContain(at(pod(body), 'volumes', 0, 'configMap', 'name'));
  });

  test('has an environment and a settings file that the configuration accepts', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'settings-'));
    try {
      const file = path.join(folder, 'production.json');
      const data = (map: string): JsonObject =>
        at(ofKind('ConfigMap').find(([each]) => each === map)?.[1], 'data') as JsonObject;
      writeFileSync(file, text(data('mcp-orchestrator-files'), 'production.json'));
      const variables = {
        ...data('mcp-orchestrator'),
        DATABASE_URL: 'postgresql://user:password@host:5432/omni',
        ENCRYPTION_KEY: 'only a start looks at it',
      } as Record<string, string>;
      const config = loadConfig({ ...variables, NODE_ENV: 'production', CONFIG_PATH: file });
      expect([config.environment, config.host, config.port, config.worker.host, config.worker.port]).toEqual([
        'production',
        '0.0.0.0',
        3000,
        '0.0.0.0',
        9464,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('may be disrupted only as far as its budget allows', () => {
    const budget = ofKind('PodDisruptionBudget').find(([each]) => each === name)?.[1];
    if (name.includes('-agent-')) expect(budget).toBeUndefined();
    else {
      expect(at(budget, 'spec', 'selector')).toEqual(at(body, 'spec', 'selector'));
      expect(at(budget, 'spec', 'minAvailable')).toBeLessThan(Number(at(body, 'spec', 'replicas')));
    }
  });
});

test('the workers are the engine and one per agent type', () => {
  const commands = deployments.flatMap(
    ([, body]) => (at(container(body), 'command') as string[] | undefined)?.slice(2).join(' ') ?? [],
  );
  expect(commands.sort()).toEqual(
    ['manager', 'engineer', 'tester', 'docs', 'security']
      .map((type) => `agent --type ${type}`)
      .concat('engine')
      .sort(),
  );
});

function mebibytes(quantity: string): number {
  const [, amount, unit] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  if (unit === undefined) throw new Error(`not a quantity of memory: ${quantity}`);
  return Number(amount) * (unit === 'Gi' ? 1024 : 1);
}
