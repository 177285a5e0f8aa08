/** Results as JUnit XML, which continuous integration servers read (https://github.com/testmoapp/junitxml). */
import type { ScenarioResult } from './result';
import { resultText } from './report-text';

export function junitReport(results: readonly ScenarioResult[]): string {
  const files = [...new Set(results.map(({ file = 'scenarios' }) => file))];
  const suites = files.map((file) =>
    suite(
      file,
      results.filter((result) => (result.file ?? 'scenarios') === file),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts(results)}>\n${suites.join('\n')}\n</testsuites>\n`;
}

function suite(file: string, results: readonly ScenarioResult[]): string {
  const cases = results.map((result) => testCase(file, result));
  const engine = results[0]?.engine ?? 'virtual';
  const properties = `    <properties><property name="engine" value="${engine}"/></properties>`;
  return `  <testsuite name="${escapeXml(file)}"${counts(results)}>\n${[properties, ...cases].join('\n')}\n  </testsuite>`;
}

function counts(results: readonly ScenarioResult[]): string {
  const failures = results.filter(({ passed, error }) => !passed && error === undefined).length;
  const errors = results.filter(({ error }) => error !== undefined).length;
  const seconds = results.reduce((sum, { duration }) => sum + duration, 0) / 1000;
  return ` tests="${results.length}" failures="${failures}" errors="${errors}" time="${seconds.toFixed(3)}"`;
}

function testCase(file: string, result: ScenarioResult): string {
  const { name, passed, duration, error, differences } = result;
  const head = `    <testcase classname="${escapeXml(file)}" name="${escapeXml(name)}" time="${(duration / 1000).toFixed(3)}"`;
  if (passed) return `${head}/>`;
  const kind = error === undefined ? 'failure' : 'error';
  const message =
    error?.detail ??
    `${differences.length} ${differences.length === 1 ? 'difference' : 'differences'}, the first at ${differences[0]?.path}`;
  const text = escapeXml(resultText(result, (_, plain) => plain));
  return `${head}>\n      <${kind} message="${escapeXml(message)}">${text}</${kind}>\n    </testcase>`;
}

/** XML 1.0 has no control characters, not even escaped. */
export function escapeXml(text: string): string {
  return [...text]
    .map((char) => {
      const code = char.codePointAt(0) ?? 0;
      const allowed = code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
      return allowed && code !== 0xfffe && code !== 0xffff ? char : '\ufffd';
    })
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
