/** Says that the newest version of a flag or setting is passed over, and why. */
import type { Flag } from '../shapes';

export function Unusable({ unusable }: { readonly unusable: Flag['unusable'] }) {
  if (unusable === undefined) return null;
  return (
    <p class="pad">
      Version {unusable.version} cannot be used: {unusable.detail}
    </p>
  );
}
