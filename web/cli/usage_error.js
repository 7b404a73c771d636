/** What the user got wrong: one line on standard error, exit code 2. */
export class UsageError extends Error {
  name = 'UsageError';
}
