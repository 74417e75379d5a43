/** axe on both pages, in both themes, wide and narrow; and the API pages, which must be served from this machine alone. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AxeResults } from 'axe-core';

import { launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical findings, each as a line. */
async function findings({ page }: Visitor): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

inBrowser('the pages', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  test.each([
    ['light', 1280, 800],
    ['dark', 1280, 800],
    ['light', 390, 844],
    ['dark', 390, 844],
  ] as const)('axe has no serious finding in %s at %dx%d', async (colorScheme, width, height) => {
    if (!browser) return;
    const ann = await Visitor.arrive(browser, server.url, { colorScheme, viewport: { width, height } });
    await ann.page.goto(server.url);
    await ann.page.getByTestId('version').waitFor();
    expect(await findings(ann)).toEqual([]);
    await ann.page.locator('.demo-pane .cm-line').first().waitFor();
    expect(await findings(ann)).toEqual([]);
    const link = await ann.makeRoom();
    await ann.type('def greet(name):\n    return name  # a comment\n');
    await ann.saved();
    // Alone in a new room: the word beside Share, once it has faded in.
    await ann.page
      .getByTestId('coach-mark')
      .evaluate((mark) => Promise.all(mark.getAnimations().map((one) => one.finished.then(() => null))));
    expect(await findings(ann)).toEqual([]);
    const ben = await Visitor.arrive(browser, server.url, { colorScheme, viewport: { width, height } });
    await ben.enter(link);
    await ben.type('x = 1');
    await ann.page.locator('.remote-caret').waitFor();
    expect(await findings(ann)).toEqual([]);
    // Everything that opens over the room or beside it.
    const opened: [what: string, open: () => Promise<unknown>, close: () => Promise<unknown>][] = [
      [
        'people, followed',
        async () => {
          await ann.page.getByTestId('people-button').click();
          await ann.page.locator('[data-follow]').click();
          await ann.page.getByTestId('follow-frame').waitFor();
          await ann.page.getByTestId('people-button').click();
          if (width < 720) await ann.page.getByTestId('screen-people').click();
          else await ann.page.getByTestId('people-button').click();
          await ann.page.getByTestId('person').waitFor();
        },
        () => ann.page.getByTestId('people-button').click(),
      ],
      [
        'share',
        async () => {
          await ann.page.getByTestId('copy-link').click();
          await ann.page.getByTestId('qr-code').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'menu',
        async () => {
          await ann.page.getByTestId('room-menu').click();
          await ann.page.getByTestId('copy-file').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'rename',
        async () => {
          await ann.page.getByTestId('room-menu').click();
          await ann.page.getByTestId('rename-room').click();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'manage link',
        async () => {
          await ann.page.getByTestId('room-menu').click();
          await ann.page.getByTestId('manage-link').click();
          await ann.page.locator('dialog[open]').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'delete',
        async () => {
          await ann.page.getByTestId('room-menu').click();
          await ann.page.getByTestId('delete-room').click();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'commands',
        async () => {
          await ann.page.keyboard.press('F1');
          await ann.page.locator('dialog[open]').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'shortcuts',
        async () => {
          await ann.page.keyboard.press('F1');
          await ann.page.locator('dialog[open]').waitFor();
          await ann.page.keyboard.type('keyboard shortcuts');
          await ann.page.keyboard.press('Enter');
          await ann.page.getByTestId('shortcuts-help').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'settings',
        async () => {
          await ann.page.keyboard.press('Control+,');
          await ann.page.getByTestId('settings').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'quick open',
        async () => {
          await ann.page.keyboard.press('Control+p');
          await ann.page.getByTestId('quick-open').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
      [
        'search',
        async () => {
          await ann.page.locator('.cm-content').focus();
          await ann.page.keyboard.press('Control+f');
          await ann.page.locator('.cm-search').waitFor();
        },
        () => ann.page.keyboard.press('Escape'),
      ],
    ];
    for (const [what, open, close] of opened) {
      await open();
      expect([what, ...(await findings(ann))]).toEqual([what]);
      await close();
    }
    await ann.page.goto(`${server.url}/r/none-here`);
    await ann.page.getByTestId('refusal').waitFor();
    expect(await findings(ann)).toEqual([]);
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
    await Promise.all([ann.leave(), ben.leave()]);
  });

  test.each(['/docs', '/redoc'])('%s is drawn without a request to another host', async (path) => {
    if (!browser) return;
    const ann = await Visitor.arrive(browser, server.url);
    await ann.page.goto(server.url + path);
    await ann.page.getByText('/rooms/{roomId}/text').first().waitFor();
    expect(ann.complaints.filter((complaint) => complaint.startsWith('request'))).toEqual([]);
    await ann.leave();
  });

  test.each([
    ['wide', 1280, 800],
    ['narrow', 390, 844],
  ])('nothing moves while a page loads (%s)', async (_size, width, height) => {
    if (!browser) return;
    const ann = await Visitor.arrive(browser, server.url, { viewport: { width, height } });
    await ann.page.addInitScript(() => {
      const shifts = { total: 0 };
      (globalThis as unknown as { shifts: typeof shifts }).shifts = shifts;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
        })[]) {
          if (!entry.hadRecentInput) shifts.total += entry.value;
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    const shifted = (): Promise<number> =>
      ann.page.evaluate(() => (globalThis as unknown as { shifts: { total: number } }).shifts.total);
    await ann.page.goto(server.url);
    await ann.page.getByTestId('version').waitFor();
    await ann.page.locator('.demo-pane .cm-line').first().waitFor();
    // A page that shifts less than this is called steady.
    expect(await shifted()).toBeLessThan(0.1);
    const link = await ann.makeRoom();
    await ann.insert('one\ntwo\nthree\n');
    await ann.saved();
    await ann.page.goto(link);
    await ann.saved();
    expect(await shifted()).toBeLessThan(0.1);
    await ann.leave();
  });

  test('the page can be installed: its manifest names icons that are there', async () => {
    const manifest = (await (await fetch(`${server.url}/manifest.webmanifest`)).json()) as {
      icons: { src: string; type: string }[];
    };
    expect(manifest.icons.length).toBeGreaterThanOrEqual(3);
    for (const { src, type } of manifest.icons) {
      const icon = await fetch(server.url + src);
      expect([src, icon.status, icon.headers.get('content-type')]).toEqual([
        src,
        200,
        expect.stringContaining(type),
      ]);
    }
  });
});
