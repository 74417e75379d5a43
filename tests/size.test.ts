/** The first load of a page stays within its budget; `npm test` has built what is weighed here. */
import { expect, test } from '@jest/globals';

import { BUDGET_KB, measure } from '../scripts/check-size.mjs';

test.each(measure())('$page loads within the budget, gzipped', ({ gzipKb, files }) => {
  expect(BUDGET_KB).toBe(220);
  // A page of which next to nothing is found was not weighed at all.
  expect(gzipKb).toBeGreaterThan(10);
  expect(files.map(({ file }) => file)).toContain('index.html');
  expect(gzipKb).toBeLessThanOrEqual(BUDGET_KB);
});
