import { describe, expect, test } from '@jest/globals';
import { layout, pathOf } from '../../web/graph/layout';
import type { Drawing, PlacedNode } from '../../web/graph/layout';
import { longSteps, treeOf } from './step-trees';

const KINDS = `  - { name: score, if: trigger.context.a, tool: crm.note, provider: local, compensate: { tool: crm.note } }
  - name: route
    switch:
      - { when: "steps.score.status == 'degraded'", steps: [ { name: stop, fail: { type: unsure } } ] }
      - { when: trigger.context.b, steps: [ { name: one, set: { ok: true } }, { name: two, set: { good: true } } ] }
  - name: both
    parallel:
      mail: { tool: crm.note, provider: local, onError: [ { when: "error.type == 'timeout'", steps: [ { name: mend, set: { m: 1 } } ] } ] }
      rest: [ { name: leave, wait: 1s } ]
  - { name: each_one, forEach: trigger.context.list, steps: [ { name: inside, tool: crm.note, provider: local } ] }
  - { name: poll, repeat: { until: index > 2, max: 5 }, steps: [ { name: pause, wait: 10s } ] }
  - name: ask
    waitFor: { signal: go, from: [lead], timeout: 1d, onTimeout: continue, reminders: [ { every: 4h, to: [boss] } ] }
  - { name: end_here, return: { ok: true } }
`;

const at = ({ nodes }: Drawing, path: string): PlacedNode => {
  const found = nodes.find((node) => node.path === path);
  if (found === undefined)
    throw new Error(`${path} is not drawn; there are ${nodes.map((node) => node.path).join(', ')}`);
  return found;
};
const centre = ({ x, width }: PlacedNode): number => x + width / 2;

function overlapping(nodes: readonly PlacedNode[]): readonly string[] {
  return nodes.flatMap((a, index) =>
    nodes
      .slice(index + 1)
      .filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
      .map((b) => `${a.path} and ${b.path}`),
  );
}

describe('the drawing of a definition', () => {
  const drawing = layout(treeOf(KINDS));

  test('has every step once, none upon another, and all of it inside', () => {
    const paths = drawing.nodes.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of ['score', 'score.compensate', 'route.stop', 'route.two', 'both.mail', 'both.rest.leave'])
      expect(paths).toContain(path);
    for (const path of ['each_one[].inside', 'poll[].pause', 'both.mail.onError.mend']) expect(paths).toContain(path);
    expect(overlapping(drawing.nodes)).toEqual([]);
    for (const { x, y, width, height } of [...drawing.nodes, ...drawing.frames]) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(drawing.width);
      expect(y + height).toBeLessThanOrEqual(drawing.height);
    }
  });

  test('holds a step in its box as a whole, or not at all', () => {
    for (const frame of drawing.frames)
      for (const node of drawing.nodes.filter(
        ({ x, y }) => x >= frame.x && x < frame.x + frame.width && y >= frame.y && y < frame.y + frame.height,
      )) {
        expect(node.y + node.height).toBeLessThanOrEqual(frame.y + frame.height);
        expect(node.x + node.width).toBeLessThanOrEqual(frame.x + frame.width);
      }
  });

  test('keeps steps that follow one another on one line, and branches beside each other', () => {
    expect(centre(at(drawing, 'score'))).toBe(centre(at(drawing, 'route')));
    expect(at(drawing, 'route').y).toBeGreaterThan(at(drawing, 'score').y);
    expect(at(drawing, 'both.mail').y).toBe(at(drawing, 'both.rest.leave').y);
    expect(at(drawing, 'route.two').y).toBeGreaterThan(at(drawing, 'route.one').y);
  });

  test('leads into every step but handlers of nothing, and on from none that ends the execution', () => {
    const targets = drawing.edges.map(({ target }) => target);
    for (const { path, kind } of drawing.nodes)
      if (kind !== 'start') expect([path, targets.includes(path)]).toEqual([path, true]);
    const { x, y, width, height } = at(drawing, 'route.stop');
    expect(drawing.edges.filter(({ from }) => from.x === x + width / 2 && from.y === y + height)).toEqual([]);
  });

  test('says what a way is for', () => {
    const labels = drawing.edges.map(({ label }) => label).filter(Boolean);
    expect(labels).toEqual(
      expect.arrayContaining(['undone by', 'none', 'mail', 'rest', 'on timeout', 'reminder: every 4h to boss']),
    );
    expect(labels.some((label) => label?.startsWith('on error: '))).toBe(true);
    expect(drawing.frames.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['one of', '↻ each item', '↻ round']),
    );
  });

  test('grows with the steps and not faster', () => {
    const [some, many] = [100, 500].map((count) => layout(treeOf(longSteps(count))));
    expect(many?.nodes.length).toBe(502);
    expect(many?.height).toBeLessThan((some?.height ?? 0) * 5.1);
    expect(many?.width).toBe(some?.width);
    expect(overlapping(many?.nodes ?? [])).toEqual([]);
  });
});

test('a way that goes straight is a line, and one that turns aside does so at its bend', () => {
  const edge = { from: { x: 10, y: 0 }, to: { x: 10, y: 40 }, bend: 20, kind: 'flow' } as const;
  expect(pathOf(edge)).toBe('M10 0L10 40');
  expect(pathOf({ ...edge, to: { x: 60, y: 40 } })).toBe('M10 0V12Q10 20 18 20H52Q60 20 60 28V40');
});
