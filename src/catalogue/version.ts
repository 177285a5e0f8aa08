/** Order of semantic versions (https://semver.org/#spec-item-11); build metadata does not count. */

/** Below 0 when `a` comes before `b`, 0 when neither does. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < 3; i += 1) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.labels.length === 0 || right.labels.length === 0) return right.labels.length - left.labels.length;
  return compareLabels(left.labels, right.labels);
}

function parts(version: string): { readonly numbers: readonly number[]; readonly labels: readonly string[] } {
  const [core = '', ...rest] = (version.split('+', 1)[0] ?? '').split('-');
  const label = rest.join('-');
  return { numbers: core.split('.').map(Number), labels: label === '' ? [] : label.split('.') };
}

function compareLabels(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [left, right] = [a[i], b[i]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left === right) continue;
    const [leftNumber, rightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (leftNumber && rightNumber) return Number(left) - Number(right);
    if (leftNumber !== rightNumber) return leftNumber ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
