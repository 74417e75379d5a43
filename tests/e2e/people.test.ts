/** People in one room, each at a browser of their own: names, colours, following, jumping, and who is where. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

inBrowser('people', () => {
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
    await ann.insert(Array.from({ length: 400 }, (_, line) => `line ${line + 1}`).join('\n'));
    await ann.saved();
    await ben.enter(link);
    await ann.page.getByTestId('room-count').filter({ hasText: '2' }).waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  const scrollTop = ({ page }: Visitor): Promise<number> =>
    page.locator('.cm-scroller').evaluate((scroller) => scroller.scrollTop);
  const frame = ({ page }: Visitor) => page.getByTestId('follow-frame');
  /** Ben's caret goes to a line, with the keyboard. */
  const benGoes = async (key: string): Promise<void> => {
    await ben.page.locator('.cm-content').focus();
    await ben.page.keyboard.press(key);
  };
  const seesCaret = ({ page }: Visitor) =>
    until(
      () =>
        page.evaluate(() => {
          const caret = document.querySelector('.remote-caret')?.getBoundingClientRect();
          const box = document.querySelector('.cm-scroller')?.getBoundingClientRect();
          return (
            caret !== undefined && box !== undefined && caret.top >= box.top && caret.bottom <= box.bottom
          );
        }),
      "the leader's caret is in view",
    );

  test('a name is given at once, changed in place, and remembered', async () => {
    await ben.page
      .getByTestId('own-name')
      .filter({ hasText: /^\S+ \S+ \(you\)|^[A-Z]+/ })
      .waitFor();
    await ben.page.getByTestId('own-name').click();
    await ben.page.locator('#own-name').fill('Ben Brown');
    await ben.page.keyboard.press('Enter');
    await ann.page.locator('[data-testid="avatar"][aria-label="Follow Ben Brown"]').waitFor();
    await ben.enter(link);
    await ben.page.getByTestId('own-name').filter({ hasText: 'Ben Brown (you)' }).waitFor();
  });

  test('a colour that is chosen is what the others see', async () => {
    await ben.page.getByTestId('own-name').click();
    await ben.page.locator('#own-popover').getByLabel('Olive').check();
    await ben.page.keyboard.press('Escape');
    await ann.page.locator('[data-testid="avatar"] .person-7').waitFor();
  });

  test('a click on an avatar follows, and the screen goes where they go', async () => {
    await ann.page.getByTestId('avatar').click();
    await frame(ann).filter({ hasText: 'Following Ben Brown' }).waitFor();
    await benGoes('Control+End');
    await until(async () => (await scrollTop(ann)) > 1000, 'the screen went to the end');
    await seesCaret(ann);
    await benGoes('Control+Home');
    await until(async () => (await scrollTop(ann)) < 100, 'the screen is back at the top');
    await frame(ann).waitFor();
    await ann.page.getByTestId('follow-frame').getByRole('button').click();
    await frame(ann).waitFor({ state: 'detached' });
  });

  const waysOut: [string, () => Promise<unknown>][] = [
    ['typing', () => ann.page.keyboard.type('x')],
    ['a caret key', () => ann.page.keyboard.press('ArrowDown')],
    ['Esc', () => ann.page.keyboard.press('Escape')],
    ['a click in the text', () => ann.page.locator('.cm-line').nth(2).click()],
    [
      'scrolling',
      async () => {
        await ann.page.locator('.cm-content').hover();
        await ann.page.mouse.wheel(0, 400);
      },
    ],
    ['Ctrl+Alt+F', () => ann.page.keyboard.press('Control+Alt+f')],
  ];
  test.each(waysOut)('following ends with %s', async (_way, leave) => {
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.press('Control+Alt+f');
    await frame(ann).waitFor();
    // What the leader types ends nothing.
    await ben.type('y');
    await seesCaret(ann);
    await frame(ann).waitFor();
    await leave();
    await frame(ann).waitFor({ state: 'detached' });
  });

  test('whoever follows goes along into another file and back, and stays there when it ends', async () => {
    const shown = ({ page }: Visitor, path: string) =>
      page.locator(`[data-testid="file-tab"][aria-current][title="${path}"]`).waitFor();
    await ben.page.getByTestId('new-file').click();
    await ben.page.getByTestId('name-field').fill('other.txt');
    await ben.page.keyboard.press('Enter');
    await shown(ben, 'other.txt');
    await ben.insert(Array.from({ length: 300 }, (_, line) => `other ${line + 1}`).join('\n'));
    const goesTo = (path: string) =>
      ben.page.locator(`[data-testid="file-row"][data-path="${path}"]`).click();
    await goesTo('main.py');
    await shown(ben, 'main.py');
    await shown(ann, 'main.py');
    await ann.page.getByTestId('avatar').click();
    await frame(ann).waitFor();
    await goesTo('other.txt');
    await shown(ann, 'other.txt');
    await benGoes('Control+End');
    await until(async () => (await scrollTop(ann)) > 1000, 'the screen went to the end of the other file');
    await seesCaret(ann);
    await goesTo('main.py');
    await shown(ann, 'main.py');
    await goesTo('other.txt');
    await shown(ann, 'other.txt');
    await benGoes('Control+Home');
    await seesCaret(ann);
    // What Ann types goes into the file that she was taken to, and takes her out of Ben's hands.
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.type('z');
    await frame(ann).waitFor({ state: 'detached' });
    await until(async () => (await ben.text()).includes('z'), 'Ben reads what she typed');
    await goesTo('main.py');
    await shown(ben, 'main.py');
    await ben.type('!');
    // Ann knows that Ben has left, and her screen has not moved.
    await ann.page
      .locator('[data-testid="file-row"][data-path="main.py"]')
      .getByTestId('file-visitors')
      .waitFor();
    await shown(ann, 'other.txt');
    // Choosing a file by hand is an end as well.
    await ann.page.getByTestId('avatar').click();
    await shown(ann, 'main.py');
    await ann.page.locator('[data-testid="file-tab"][title="other.txt"]').click();
    await frame(ann).waitFor({ state: 'detached' });
    await ann.page.locator('[data-testid="file-tab"][title="main.py"]').click();
    await shown(ann, 'main.py');
  });

  test('the names at cursors are shown always, or near the mouse only, for whoever wants that', async () => {
    const setting = async (label: string): Promise<void> => {
      await ann.page.getByTestId('room-menu').click();
      await ann.page.getByTestId('open-settings').click();
      await ann.page.getByTestId('setting-name-flags').selectOption({ label });
      await ann.page.keyboard.press('Escape');
      await ann.page.getByTestId('settings').waitFor({ state: 'detached' });
    };
    const opacityAt = (caret: string): Promise<string | undefined> =>
      ann.page.evaluate((selector) => {
        const flag = document.querySelector(`.remote-caret${selector}:not(.near) > span`);
        return flag === null ? undefined : getComputedStyle(flag).opacity;
      }, caret);
    await ann.page.locator('[data-testid="file-row"][data-path="main.py"]').click();
    await ben.page.locator('[data-testid="file-row"][data-path="main.py"]').click();
    await benGoes('Control+Home');
    await ann.page.keyboard.press('Control+Home');
    await seesCaret(ann);
    await setting('Always');
    await until(async () => (await opacityAt(':not(.active)')) === '1', 'a name at rest is shown');
    await setting('Near the mouse only');
    const moving = async (): Promise<boolean> => {
      await benGoes('ArrowDown');
      return (await opacityAt('.active')) === '0';
    };
    await until(moving, 'a name in motion is hidden');
    await setting('While they move');
    await until(async () => (await opacityAt(':not(.active)')) === '0', 'a name at rest is hidden');
    await benGoes('Control+Home');
  });

  test('the list says where somebody is, and jumps there', async () => {
    await benGoes('Control+Home');
    await benGoes('ArrowDown');
    await ann.page.getByTestId('people-button').click();
    const entry = ann.page.getByTestId('person');
    await entry.filter({ hasText: /line 2(?!\d)/ }).waitFor();
    await benGoes('Control+End');
    await entry.filter({ hasText: /line 400(?!\d)/ }).waitFor();
    await ann.page.getByTestId('jump-to').click();
    await ann.page.getByText('Ln 400,').waitFor();
    await seesCaret(ann);
    // Esc inside the panel closes it and gives the keyboard back to the text.
    await ann.page.locator('#panel-name').focus();
    await ann.page.keyboard.press('Escape');
    await ann.page.getByTestId('room-panel').waitFor({ state: 'detached' });
    await until(
      () => ann.page.evaluate(() => document.activeElement?.classList.contains('cm-content') === true),
      'the text has the keyboard',
    );
  });

  test('notices of who comes and goes can be muted', async () => {
    if (!browser) return;
    await ann.page.getByTestId('people-button').click();
    await ann.page.getByTestId('presence-notices').uncheck();
    for (const { notices } of [ann, ben]) notices.length = 0;
    const cat = await Visitor.arrive(browser, server.url);
    await cat.enter(link);
    // Ben, who muted nothing, is the clock: when he has been told, so would Ann have been.
    await ben.noticed('joined');
    expect(ann.notices.join()).not.toContain('joined');
    await cat.leave();
    await ann.page.getByTestId('presence-notices').check();
    await ann.page.getByTestId('people-button').click();
  });

  test('on a phone people are a screen of their own, and following leads back to the code', async () => {
    if (!browser) return;
    const dee = await Visitor.arrive(browser, server.url, PHONE);
    await dee.enter(link);
    await dee.page.getByTestId('screen-people').tap();
    await dee.page.getByTestId('person').filter({ hasText: 'Ben Brown' }).waitFor();
    await dee.page.getByLabel('Follow Ben Brown').tap();
    await frame(dee).filter({ hasText: 'Following Ben Brown' }).waitFor();
    await benGoes('Control+End');
    await seesCaret(dee);
    // The name stands over the text, and covers no part of a line.
    await benGoes('Control+Home');
    await seesCaret(dee);
    const gap = (): Promise<number> =>
      dee.page.evaluate(() => {
        const top = document.querySelector('.cm-scroller')?.getBoundingClientRect().top ?? NaN;
        return top - (document.querySelector('.follow-chip')?.getBoundingClientRect().bottom ?? NaN);
      });
    expect(await gap()).toBeGreaterThanOrEqual(0);
    await dee.page.getByTestId('follow-frame').getByRole('button').tap();
    await frame(dee).waitFor({ state: 'detached' });
    await until(
      () =>
        dee.page.evaluate(() => {
          const tops = ['.cm-scroller', '.room-main'].map(
            (one) => document.querySelector(one)?.getBoundingClientRect().top,
          );
          return tops[0] === tops[1];
        }),
      'the text has its place back',
    );
    expect(dee.complaints).toEqual([]);
    await dee.leave();
  });

  test('on a phone the key row types what keyboards hide, and closes brackets', async () => {
    if (!browser) return;
    const dee = await Visitor.arrive(browser, server.url, PHONE);
    const own = await dee.makeRoom();
    // A new visit: emptying the sample is not among its steps to undo.
    await dee.enter(own);
    await dee.page.locator('.cm-content').tap();
    const row = dee.page.getByTestId('key-row');
    await row.getByLabel('Opening parenthesis').tap();
    await until(async () => (await dee.text()) === '()', 'the bracket is closed');
    await row.getByLabel('Tab', { exact: true }).tap();
    await until(async () => /^\(\s+\)$|^\s+\(\)$/.test(await dee.text()), 'Tab indents');
    await row.getByLabel('Undo').tap();
    await until(async () => !/\s/.test(await dee.text()), 'undo takes it back');
    await row.getByLabel('Left').tap();
    await row.getByLabel('Underscore').tap();
    await until(async () => (await dee.text()).includes('_'), 'a sign is typed');
    // The text kept the keyboard all along.
    expect(await dee.page.evaluate(() => document.activeElement?.classList.contains('cm-content'))).toBe(
      true,
    );
    const sizes = await row
      .getByRole('button')
      .evaluateAll((all) => all.map((one) => Math.min(one.clientWidth, one.clientHeight)));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(44);
    expect(dee.complaints).toEqual([]);
    await dee.leave();
  });

  test('the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });
});
