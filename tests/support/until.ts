/** Waiting on a condition, never on a duration. */

/**
 * Resolves as soon as `condition` holds; looks again every few milliseconds.
 * @throws when it does not within `timeoutMs`, naming `what`
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
