/** A workflow with a defect: what it throws fails its workflow task, which Temporal tries again for ever. */
export default function stuck(): Promise<void> {
  throw new Error('the reel is jammed');
}
