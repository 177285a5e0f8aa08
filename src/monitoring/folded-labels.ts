/** Keeps metrics of bounded size: of one label so many values are told apart, and what comes after them counts as `other`. */

export const MAX_LABEL_VALUES = 200;
const OTHER = 'other';

type Labels = Readonly<Record<string, string>>;

/** `isOpen`: somebody makes up the label's values; those of others come from lists in the code. `folded` is told of each that became `other`. */
export function foldedLabels(
  isOpen: (label: string) => boolean,
  folded: (label: string) => void,
): (metric: string, labels: Labels) => Labels {
  const seen = new Map<string, Set<string>>();
  return (metric, labels) => {
    const counted: Record<string, string> = {};
    for (const [label, value] of Object.entries(labels)) {
      counted[label] = value;
      if (!isOpen(label)) continue;
      const key = `${metric} ${label}`;
      const values = seen.get(key) ?? new Set();
      seen.set(key, values);
      if (values.size < MAX_LABEL_VALUES) values.add(value);
      else if (!values.has(value)) {
        counted[label] = OTHER;
        folded(label);
      }
    }
    return counted;
  };
}
