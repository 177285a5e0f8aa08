/** Results as one page of HTML that needs nothing else. */
import { escapeXml } from './report-junit';
import { shown, timesText } from './report-text';
import type { ScenarioResult } from './result';
import type { Difference } from './difference';
import { statisticsOf } from './statistics';

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}' +
  'h1{font-size:1.4rem}section{border-top:1px solid #ccc;padding:.6rem 0}h2{font-size:1rem;margin:0}' +
  '.passed{color:#116329}.failed{color:#a40e26}small{color:#555}table{border-collapse:collapse;margin:.4rem 0}' +
  'th,td{text-align:left;vertical-align:top;padding:.15rem .8rem .15rem 0}code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}';

/** `at`: RFC 3339. */
export function htmlReport(results: readonly ScenarioResult[], at: string): string {
  const { total, passed, failed } = statisticsOf(results);
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>Scenarios</title>',
    `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body>`,
    `<h1>Scenarios: <span class="passed">${passed} passed</span>, <span class="failed">${failed} failed</span></h1>`,
    `<p><small>${total} in all, ${escapeXml(at)}</small></p>`,
    ...results.map(section),
    '</body></html>',
    '',
  ].join('\n');
}

function section(result: ScenarioResult): string {
  const { name, description, file, passed, differences, error, filled, madeUp } = result;
  const mark = passed ? '<span class="passed">✔</span>' : '<span class="failed">✘</span>';
  const where = [file, timesText(result)].filter(Boolean).join(' · ');
  const made = [
    ...filled.map((pointer) => `filled in the payload: ${pointer}`),
    ...madeUp.map((what) => `made up: ${what}`),
  ];
  return [
    `<section><h2>${mark} ${escapeXml(name)}</h2><small>${escapeXml(where)}</small>`,
    ...(description === undefined ? [] : [`<p>${escapeXml(description)}</p>`]),
    ...(error === undefined ? [] : [`<p class="failed">${escapeXml(`${error.type}: ${error.detail}`)}</p>`]),
    ...(differences.length === 0 ? [] : [table(differences)]),
    ...made.map((line) => `<div><small>${escapeXml(line)}</small></div>`),
    '</section>',
  ].join('\n');
}

function table(differences: readonly Difference[]): string {
  const rows = differences.map(({ path, expected, got, note = '' }) => {
    const cells = [path, expected === undefined ? '' : shown(expected), got === undefined ? '' : shown(got)];
    return `<tr>${cells.map((cell) => `<td><code>${escapeXml(cell)}</code></td>`).join('')}<td>${escapeXml(note)}</td></tr>`;
  });
  return `<table><tr><th>place</th><th>expected</th><th>got</th><th></th></tr>${rows.join('')}</table>`;
}
