/** Plans as Mermaid flowcharts. */
import { expect, test } from '@jest/globals';
import { toMermaid } from '../../src/language/graph';
import { planOf, withSteps } from './registry';

const STEPS = `  - { name: score, if: trigger.context.a, tool: risk.score, provider: local, config: { fallback: skip } }
  - name: route
    switch:
      - { when: "steps.score.status == 'degraded'", steps: [ { name: stop, fail: { type: unsure } } ] }
      - default: [ { name: note, set: { ok: true } } ]
  - name: both
    parallel:
      mail: { tool: email.send, input: { to: a }, onError: [ { when: "error.type == 'timeout'", continue: true } ] }
      done: [ { name: leave, return: { ok: "\${vars.?ok.orValue(false)}" } } ]
`;

test('a flowchart shows steps with their providers, branches, cases and handlers', () => {
  expect(toMermaid(planOf(withSteps(STEPS)))).toBe(`flowchart TD
  n0(["start"])
  n1{"trigger.context.a"}
  n0 --> n1
  n2["score<br/>risk.score<br/>local → skip"]
  n1 -->|"yes"| n2
  n3{{"route"}}
  n2 --> n3
  n1 -->|"no"| n3
  subgraph s4 ["route"]
    n5>"stop<br/>fail app/unsure"]
    n3 -->|"steps.score.status == 'degraded'"| n5
    n6[/"note<br/>set ok"/]
    n3 -->|"default"| n6
  end
  n7[["both"]]
  n6 --> n7
  subgraph s8 ["both"]
    n9["mail<br/>email.send<br/>postal"]
    n7 -->|"mail"| n9
    n10(["leave<br/>return"])
    n7 -->|"done"| n10
  end
  n11(["end"])
  n9 --> n11
  n9 -->|"on error: error.type == 'timeout'"| n11
`);
});

test('a text in a definition cannot leave its label', () => {
  const chart = toMermaid(
    planOf(withSteps(`  - { name: s, if: 'trigger.context.a == "]|x;--> n9"', set: { a: 1 } }\n`)),
  );
  expect(chart).toContain('n1{"trigger.context.a == #34;#93;#124;x#59;--#62; n9#34;"}');
});
