/** The built-in alerts as rules of Prometheus: `deploy/prometheus/alerts.yaml`, which `node scripts/alerts.mjs` writes. */
import { parseExpression } from '../plan/expression/syntax';
import type { BinaryOperator, Node } from '../plan/expression/tree';
import { FIGURES } from './alert-figures';
import type { AlertRule } from './alert-rule';
import { BUILT_IN_ALERTS } from './alert-rules';

const HEAD = `# The alerts that are built in, for Prometheus: it also tells when nothing of this platform runs that could look at them by itself.
# Written by \`node scripts/alerts.mjs\`. Prometheus does not see the first growth of a series that is new; the platform's own look does.
`;

/** Nothing of the platform can tell this. */
const NOBODY = {
  alert: 'OmniNobodyRuns',
  expr: 'absent(orchestrator_nodejs_eventloop_lag_p99_seconds)',
  seconds: 120,
  severity: 'critical',
  summary: 'No process is found',
  description:
    'Prometheus reads figures of no process of the platform: none runs, or none is found. Nobody looks at alerts.',
} as const;

/** What only happened is counted over the duration already; a second look must agree. */
const CONFIRM_SECONDS = 30;
/** https://prometheus.io/docs/prometheus/latest/querying/operators/: what compares like the language does. */
const OPERATORS: Readonly<Partial<Record<BinaryOperator, string>>> = {
  ...{ '&&': 'and', '||': 'or', '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' },
  ...{ '+': '+', '-': '-', '*': '*', '/': '/' },
};

/** The whole file. */
export function prometheusRules(): string {
  const rules = [...BUILT_IN_ALERTS.map(ruleOf), NOBODY].map(
    ({ alert, expr, seconds, severity, summary, description }) => `      - alert: ${alert}
        expr: '${expr}'
        for: ${seconds}s
        labels:
          severity: ${severity}
        annotations:
          summary: ${summary}
          description: '${description}'
`,
  );
  return `${HEAD}groups:\n  - name: omni-mcp\n    rules:\n${rules.join('')}`;
}

function ruleOf({ id, name, description = '', condition, severity, duration, threshold }: AlertRule) {
  let stands = false;
  const print = (node: Node): string => {
    if (node.kind === 'literal' && typeof node.value === 'number') return String(node.value);
    if (node.kind === 'name' && node.name === 'threshold' && threshold !== undefined) return String(threshold);
    if (node.kind === 'name') {
      const figure = FIGURES[node.name];
      if (figure === undefined) throw new Error(`${id}: ${node.name} is no figure.`);
      stands ||= figure.kind === 'stands';
      return figure.query.replaceAll('[d]', `[${duration}s]`);
    }
    const operator = node.kind === 'binary' ? OPERATORS[node.operator] : undefined;
    if (node.kind !== 'binary' || operator === undefined)
      throw new Error(`${id}: Prometheus cannot be told ${condition}.`);
    const [left, right] = [print(node.left), print(node.right)];
    return operator === 'and' || operator === 'or'
      ? `(${left}) ${operator} (${right})`
      : `${left} ${operator} ${right}`;
  };
  const expr = print(parseExpression(condition));
  return {
    alert: id.replace(/(?:^|-)(\w)/g, (_all, first: string) => first.toUpperCase()),
    expr,
    seconds: stands ? duration : CONFIRM_SECONDS,
    severity,
    summary: name,
    description,
  };
}
