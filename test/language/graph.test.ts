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
  n5 -->|"failed"| n11
  n10 --> n11
`);
});

const MORE = `  - { name: each_one, forEach: trigger.context.list, steps: [ { name: note, tool: crm.note, provider: local, compensate: { tool: crm.note } } ] }
  - { name: poll, repeat: { until: index > 2, max: 5 }, steps: [ { name: pause, wait: 10s } ] }
  - name: ask
    waitFor:
      signal: go
      from: [lead]
      timeout: 1d
      onTimeout: [ { name: late, wait: { until: "\${timestamp('2030-01-01T00:00:00Z')}" } } ]
      reminders: [ { every: 4h, steps: [ { name: nudge, tool: crm.note, provider: local } ] }, { after: 8h, to: [boss] } ]
  - { name: other, workflow: another, await: false }
finally: [ { name: log, tool: crm.note, provider: local } ]
`;

test('loops, waits, other executions, compensations and the end have shapes of their own', () => {
  expect(toMermaid(planOf(withSteps(MORE)))).toBe(`flowchart TD
  n0(["start"])
  n1[["each_one<br/>for each item of trigger.context.list"]]
  n0 --> n1
  subgraph s2 ["each_one"]
    n3["note<br/>crm.note<br/>local"]
    n1 -->|"each"| n3
    n4["compensate<br/>crm.note<br/>local → acme"]
    n3 -.->|"undone by"| n4
  end
  n5{{"poll<br/>repeat until index #62; 2, at most 5"}}
  n3 --> n5
  subgraph s6 ["poll"]
    n7("pause<br/>wait 10s")
    n5 -->|"round"| n7
  end
  n7 --> n5
  n8[\\"ask<br/>wait for go from lead"/]
  n5 -->|"done"| n8
  subgraph s9 ["ask: every 4h"]
    n10["nudge<br/>crm.note<br/>local"]
    n8 -->|"every 4h"| n10
  end
  n11>"boss"]
  n8 -.->|"after 8h to boss"| n11
  n12("late<br/>wait until timestamp('2030-01-01T00:00:00Z')")
  n8 -->|"on timeout"| n12
  n13[["other<br/>workflow another, not awaited"]]
  n8 --> n13
  n12 --> n13
  subgraph s14 ["finally"]
    n15["log<br/>crm.note<br/>local"]
    n13 --> n15
  end
  n16(["end"])
  n15 --> n16
`);
});

test('a text in a definition cannot leave its label', () => {
  const chart = toMermaid(
    planOf(withSteps(`  - { name: s, if: 'trigger.context.a == "]|x;--> n9"', set: { a: 1 } }\n`)),
  );
  expect(chart).toContain('n1{"trigger.context.a == #34;#93;#124;x#59;--#62; n9#34;"}');
});
