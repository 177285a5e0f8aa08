/** Ends what global-setup.ts had started. */
export default async function teardown(): Promise<void> {
  await globalThis.endTestGround?.();
}
