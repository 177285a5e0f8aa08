/** Who is in when a flag is on for a part of all: decided by a hash, so that everybody stays where he is while the part grows. */
import { createHash } from 'node:crypto';

/** From 0 up to, not including, 100: the place of one who starts executions on the scale of one flag. */
export function placeOf(flag: string, targetingKey: string): number {
  const hash = createHash('sha256')
    .update(JSON.stringify([flag, targetingKey]))
    .digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * 100;
}

/** Without a key nobody can be told apart: then only a whole is a part. */
export function isIn(percentage: number, flag: string, targetingKey: string | undefined): boolean {
  if (percentage >= 100) return true;
  return targetingKey !== undefined && placeOf(flag, targetingKey) < percentage;
}
