/** Two people at two browsers that share nothing but the server: the page as its users meet it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { allShow, launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

inBrowser('a room in two browsers', () => {
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
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  const restText = async (): Promise<string> =>
    (await fetch(`${server.url}/rooms/${link.split('/').at(-1)}/text`)).text();
  const bothShow = (text: string) => allShow([ann, ben], text);

  test('the link is copied in one click, and whoever opens it is in', async () => {
    await ann.page.getByTestId('copy-link').click();
    await ann.page.getByTestId('copy-outcome').filter({ hasText: 'Link copied' }).waitFor();
    expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    await ann.page.keyboard.press('Escape');
    await ben.enter(link);
    for (const { page } of [ann, ben])
      await page.getByTestId('room-count').filter({ hasText: '2' }).waitFor();
  });

  test('what one types the other sees, both ways, with the cursor', async () => {
    await ann.type('ann\n');
    await bothShow('ann\n');
    await ben.type('ben\n');
    await bothShow('ann\nben\n');
    await ann.page.locator('.remote-caret').waitFor();
    await ben.page.locator('.remote-caret').waitFor();
    await ben.saved();
    await ann.page.getByTestId('last-update').filter({ hasText: 'Last update' }).waitFor();
    expect(await restText()).toBe('ann\nben\n');
  });

  test('undo takes back what one typed oneself, and nothing else', async () => {
    await ben.replaceAll('');
    await ben.type('ben ');
    await bothShow('ben ');
    // A new visit has nothing to undo yet; typed in one go, it is one step however slow the machine is.
    await ann.enter(link);
    await bothShow('ben ');
    await ann.insert('ann ');
    await bothShow('ben ann ');
    await ben.type('more');
    await bothShow('ben ann more');
    await ann.page.keyboard.press('Control+z');
    await bothShow('ben more');
    await ann.page.keyboard.press('Control+y');
    await bothShow('ben ann more');
  });

  test('[G1] "Saved" is said only when the server has said so', async () => {
    await ann.saved();
    process.kill(server.pid, 'SIGSTOP');
    try {
      await ann.type('!');
      await ann.page.getByTestId('room-status').filter({ hasText: 'Saving...' }).waitFor();
    } finally {
      process.kill(server.pid, 'SIGCONT');
    }
    await ann.saved();
    await bothShow('ben ann more!');
  });

  test('the language is one for all', async () => {
    await ann.page.getByTestId('language-select').selectOption({ label: 'JavaScript' });
    await until(
      async () => (await ben.page.getByTestId('language-select').inputValue()) === 'javascript',
      'the other sees the language',
    );
    await ben.noticed('changed the language to JavaScript');
  });

  test('pasted line ends become LF', async () => {
    await ann.replaceAll('');
    await ann.page.evaluate(() => navigator.clipboard.writeText('one\r\ntwo\rthree'));
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.press('Control+V');
    await bothShow('one\ntwo\nthree');
  });

  test('a suggestion is shown to who types alone, taken with Tab and refused with Esc', async () => {
    // Ben typed in tests before this one, and a page asks 400 ms after the last key: a new visit has nothing to ask.
    await ben.enter(link);
    await ann.replaceAll('const counter = 1;\n');
    await bothShow('const counter = 1;\n');
    let asked = 0;
    ben.page.on('request', (request) => (asked += request.url().endsWith('/autocomplete') ? 1 : 0));
    await ann.type('coun');
    await ann.page.locator('.ghost-text').waitFor();
    await ann.page.keyboard.press('Escape');
    await ann.page.locator('.ghost-text').waitFor({ state: 'detached' });
    expect(await ann.text()).toBe('const counter = 1;\ncoun');
    await ann.page.keyboard.type('t');
    await ann.page.locator('.ghost-text').filter({ hasText: 'er' }).waitFor();
    await ann.page.keyboard.press('Tab');
    await until(async () => (await ann.text()).startsWith('const counter = 1;\ncounter'), 'Tab takes it');
    await bothShow(await ann.text());
    expect(asked).toBe(0);
  });

  test('who comes and goes is said', async () => {
    if (!browser) return;
    // A page tells who is new only when it has been in the room for a moment itself: somebody comes until it does.
    const told = () => ben.notices.some((text) => text.includes('joined'));
    let cat: Visitor | null = null;
    await until(async () => {
      await cat?.leave();
      ben.notices.length = 0;
      cat = await Visitor.arrive(browser, server.url);
      await cat.enter(link);
      return until(told, 'the notice', 2000).then(
        () => true,
        () => false,
      );
    }, 'Ben is told that somebody joined');
    await ben.page.getByTestId('room-count').filter({ hasText: '3' }).waitFor();
    await (cat as Visitor | null)?.leave();
    await ben.noticed('left');
    await ben.page.getByTestId('room-count').filter({ hasText: '2' }).waitFor();
  });

  test('[G1 G4] the server is killed while both type and started again: every character is there', async () => {
    await ann.replaceAll('');
    await bothShow('');
    await ann.type('before ');
    await ann.saved();
    await Promise.all([ann.type('a1 '), ben.type('b1 '), server.kill()]);
    await ann.page.getByTestId('bar').filter({ hasText: 'your changes are kept on this device' }).waitFor();
    await ann.type('a2 ');
    await ben.type('b2 ');
    await server.restart();
    await ann.page
      .getByTestId('retry-now')
      .click({ timeout: 2000 })
      .catch(() => {}); // it may be back already
    await until(
      async () => (await ann.text()) === (await ben.text()) && (await ann.text()).includes('b2'),
      'both are the same',
    );
    const text = await ann.text();
    for (const part of ['before ', 'a1 ', 'b1 ', 'a2 ', 'b2 ']) expect(text.split(part)).toHaveLength(2);
    await ann.saved();
    await ben.saved();
    expect(await restText()).toBe(text);
  });

  test('[G19] a tab closed while offline keeps what was typed, and brings it when opened again', async () => {
    await ann.replaceAll('shared ');
    await bothShow('shared ');
    await ann.saved();
    await server.kill();
    await ann.page.getByTestId('bar').filter({ hasText: 'your changes are kept on this device' }).waitFor();
    await ann.type('typed offline');
    // y-indexeddb stores each update as it comes; what is asked after it in the same database is answered after it.
    await ann.page.evaluate(async () => {
      for (const { name = '' } of await indexedDB.databases()) {
        await new Promise<void>((resolve, reject) => {
          const open = indexedDB.open(name);
          open.onerror = () => reject(new Error(`cannot open ${name}`));
          open.onsuccess = () => {
            const [store = ''] = open.result.objectStoreNames;
            const write = open.result.transaction(store, 'readwrite');
            write.objectStore(store).count();
            write.oncomplete = () => {
              open.result.close();
              resolve();
            };
          };
        });
      }
    });
    await ann.page.close();
    await server.restart();
    await ann.openTab();
    await ann.enter(link);
    await bothShow('shared typed offline');
    await ann.saved();
    expect(await restText()).toBe('shared typed offline');
  });

  test('nothing was asked of another host, and the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });

  test('whoever is alone in a new room is told what Share is for, until they know or somebody comes', async () => {
    if (!browser) return;
    const [cat, dee] = [await Visitor.arrive(browser, server.url), await Visitor.arrive(browser, server.url)];
    const mark = ({ page }: Visitor) => page.getByTestId('coach-mark');
    const own = await cat.makeRoom();
    await mark(cat).filter({ hasText: 'Send this link - anyone with it can edit' }).waitFor();
    await mark(cat).getByText('Copy link').click();
    await cat.page.getByTestId('copy-outcome').filter({ hasText: 'Link copied' }).waitFor();
    await cat.page.getByTestId('qr-code').waitFor();
    expect(await cat.page.evaluate(() => navigator.clipboard.readText())).toBe(own);
    await mark(cat).waitFor({ state: 'detached' });
    const deesLink = await dee.makeRoom();
    await mark(dee).waitFor();
    await cat.enter(deesLink);
    await mark(dee).waitFor({ state: 'detached' });
    // Alone again, and waved away: the keyboard goes back to the text.
    await cat.leave();
    await mark(dee).waitFor();
    // What the bar says of safety is not covered.
    await server.kill();
    await dee.page.getByTestId('bar').waitFor();
    await mark(dee).waitFor({ state: 'detached' });
    await server.restart();
    await mark(dee).waitFor();
    await mark(dee).getByLabel('Dismiss').click();
    await mark(dee).waitFor({ state: 'detached' });
    await dee.page.locator('.cm-content:focus').waitFor();
    await dee.leave();
    expect([...cat.complaints, ...dee.complaints]).toEqual([]);
  });

  test('the manage link lets another browser of the owner rename the room; a wrong one lets nobody', async () => {
    if (!browser) return;
    const rename = async ({ page }: Visitor, name: string): Promise<void> => {
      await page.getByTestId('room-menu').click();
      await page.getByTestId('rename-room').click();
      await page.getByTestId('room-name-input').fill(name);
      await page.getByTestId('rename-confirm').click();
    };
    await ann.page.getByTestId('room-menu').click();
    await ann.page.getByTestId('manage-link').click();
    await ann.page
      .getByTestId('manage-dialog')
      .filter({ hasText: 'can rename and delete the room' })
      .waitFor();
    const manage = await ann.page.getByTestId('manage-link-field').inputValue();
    await ann.page.getByTestId('copy-manage-link').click();
    await ann.page.getByTestId('manage-dialog').filter({ hasText: 'Link copied' }).waitFor();
    expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe(manage);
    await ann.page.keyboard.press('Escape');
    await ann.page.getByTestId('manage-dialog').waitFor({ state: 'detached' });

    const cat = await Visitor.arrive(browser, server.url);
    await cat.enter(link);
    await cat.page.getByTestId('room-menu').click();
    await cat.page.getByTestId('copy-file').waitFor();
    expect(await cat.page.getByTestId('rename-room').count()).toBe(0);
    await cat.page.keyboard.press('Escape');
    // Into the address bar of the open room, which loads no page.
    await cat.page.goto(manage);
    await until(() => Promise.resolve(cat.page.url() === link), 'the token has left the address bar');
    await rename(cat, 'Managed');
    await cat.page.getByRole('heading', { name: 'Managed' }).waitFor();
    // Kept: the plain link is enough from now on.
    await cat.openTab();
    await cat.enter(link);
    await rename(cat, 'Managed again');
    await cat.page.getByRole('heading', { name: 'Managed again' }).waitFor();
    expect(cat.complaints).toEqual([]);
    await cat.leave();

    const dee = await Visitor.arrive(browser, server.url);
    await dee.enter(`${link}#manage=${'x'.repeat(43)}`);
    expect(dee.page.url()).toBe(link);
    await rename(dee, 'Taken');
    await dee.noticed('not renamed: the manage link');
    const { name } = (await (await fetch(`${server.url}/rooms/${link.split('/').at(-1) ?? ''}`)).json()) as {
      name: string;
    };
    expect(name).toBe('Managed again');
    // The wrong one is forgotten, so that the right one counts: by the field of the start page, too.
    await dee.page.goto(server.url);
    await dee.page.getByTestId('join-input').fill(manage);
    await dee.page.getByTestId('join-button').click();
    await rename(dee, 'Managed at last');
    await dee.page.getByRole('heading', { name: 'Managed at last' }).waitFor();
    expect(dee.page.url()).toBe(link);
    await dee.leave();
  });

  test('a room that never was is said to be none; a deleted one offers the copy that is left', async () => {
    await ben.page.goto(`${server.url}/r/never-made`);
    await ben.page.getByTestId('refusal').filter({ hasText: 'There is no room at this link' }).waitFor();
    await ben.enter(link);
    await ann.page.getByTestId('room-menu').click();
    await ann.page.getByTestId('delete-room').click();
    await ann.page.getByTestId('delete-confirm').click();
    await ben.page.getByTestId('refusal').waitFor();
    await ben.page.getByTestId('download-copy').waitFor();
    expect((await fetch(`${server.url}/rooms/${link.split('/').at(-1)}`)).status).toBe(410);
  });
});
