/** Which files are open is the browser's to remember: over a reload, for each of its tabs, and whatever happened to the files meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';

import { launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

inBrowser('the open files', () => {
  let server: TestServer;
  let ann: Visitor;
  let ben: Visitor;
  let link: string;

  beforeAll(async () => {
    server = await startServer();
    if (!browser) return;
    ann = await Visitor.arrive(browser, server.url);
    ben = await Visitor.arrive(browser, server.url);
    link = await ann.makeRoom();
    const roomId = link.split('/').at(-1) ?? '';
    for (const path of ['a.js', 'b.js', 'c.js']) {
      await fetch(`${server.url}/rooms/${roomId}/files`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path, text: `text of ${path}` }),
      });
    }
    await row(ann.page, 'c.js').waitFor();
    await ben.enter(link);
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  const row = (page: Page, path: string) => page.locator(`[data-testid="file-row"][data-path="${path}"]`);
  /** The tabs of a page, the one on the screen in brackets. */
  const tabs = (page: Page): Promise<string> =>
    page.getByTestId('file-tab').evaluateAll((all) =>
      all
        .map((one) => {
          const path = one.getAttribute('title') ?? '';
          return one.hasAttribute('aria-current') ? `[${path}]` : path;
        })
        .join(' '),
    );
  const showsTabs = (page: Page, expected: string) =>
    until(async () => (await tabs(page)) === expected, `the tabs ${expected}`);
  const shows = (visitor: Visitor, text: string) =>
    until(async () => (await visitor.text()) === text, `the text ${text}`);

  test('are there again after a reload, in their order, with the one that was shown', async () => {
    for (const path of ['c.js', 'a.js', 'b.js', 'a.js']) await row(ann.page, path).click();
    await ann.page.getByLabel('Close main.py').click();
    await showsTabs(ann.page, 'c.js [a.js] b.js');
    await ann.page.reload();
    await ann.editable();
    await showsTabs(ann.page, 'c.js [a.js] b.js');
    await shows(ann, 'text of a.js');
    // Ben is told where Ann is, as if she had gone there by hand.
    await row(ben.page, 'a.js').getByTestId('file-visitors').waitFor();
  });

  test('are there without a server, too', async () => {
    await ann.saved();
    await server.kill();
    // The page comes from the server; a room that is left and entered again within the page does not.
    await ann.page.evaluate(() => history.back());
    await ann.page.getByTestId('room-status').waitFor({ state: 'detached' });
    await ann.page.evaluate(() => history.forward());
    await ann.editable();
    await showsTabs(ann.page, 'c.js [a.js] b.js');
    await server.restart();
    await ann.saved();
  });

  test('of two tabs of one browser are each their own', async () => {
    const first = ann.page;
    await ann.openTab();
    const second = ann.page;
    await ann.enter(link);
    // A new tab begins as the other one is.
    await showsTabs(second, 'c.js [a.js] b.js');
    await row(second, 'main.py').click();
    await second.getByLabel('Close c.js').click();
    await showsTabs(second, 'a.js b.js [main.py]');
    expect(await tabs(first)).toBe('c.js [a.js] b.js');
    await first.reload();
    await showsTabs(first, 'c.js [a.js] b.js');
    await second.reload();
    await showsTabs(second, 'a.js b.js [main.py]');
    await second.close();
    ann.page = first;
  });

  test('follow a file to its new name, and do without one that was deleted meanwhile', async () => {
    await ann.page.goto('about:blank');
    await row(ben.page, 'b.js').focus();
    await ben.page.keyboard.press('F2');
    await ben.page.getByTestId('name-field').fill('renamed.js');
    await ben.page.keyboard.press('Enter');
    await row(ben.page, 'renamed.js').waitFor();
    await row(ben.page, 'a.js').focus();
    await ben.page.keyboard.press('Delete');
    await row(ben.page, 'a.js').waitFor({ state: 'detached' });
    await ben.saved();
    await ann.enter(link);
    await ann.saved();
    await showsTabs(ann.page, 'c.js [renamed.js]');
    await shows(ann, 'text of b.js');
    // What was deleted before one came is no news.
    expect(await ann.page.getByTestId('toast').filter({ hasText: 'a.js' }).count()).toBe(0);
    await ann.page.reload();
    await ann.editable();
    await showsTabs(ann.page, 'c.js [renamed.js]');
  });

  test('the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });
});
