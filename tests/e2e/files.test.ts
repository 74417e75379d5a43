/** Files as two people meet them at two browsers, one of them a phone's size at the end. */
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { Page } from 'playwright-core';

import { launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

inBrowser('files in two browsers', () => {
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
    await ben.enter(link);
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  const row = (page: Page, path: string) => page.locator(`[data-testid="file-row"][data-path="${path}"]`);
  const shown = (page: Page): Promise<string[]> =>
    page
      .getByTestId('file-row')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-path') ?? '').sort());
  const bothList = (...paths: string[]) =>
    until(
      async () =>
        (await shown(ann.page)).join() === paths.sort().join() &&
        (await shown(ben.page)).join() === paths.join(),
      `both list ${paths.join(', ')}`,
    );
  const make = async ({ page }: Visitor, path: string): Promise<void> => {
    await page.getByTestId('new-file').click();
    await page.getByTestId('name-field').fill(path);
    await page.keyboard.press('Enter');
    await page
      .getByTestId('file-tab')
      .filter({ hasText: path.split('/').at(-1) ?? '' })
      .waitFor();
  };

  test('a file that one makes the other sees, and only there who is in it', async () => {
    await bothList('main.py');
    await make(ann, 'src/util.js');
    await bothList('main.py', 'src', 'src/util.js');
    await ann.insert('let ann;');
    // Ben is still in the first file: nothing of Ann's is in his text, and her initials are at hers.
    expect(await ben.text()).toBe('');
    await row(ben.page, 'src/util.js').getByTestId('file-visitors').waitFor();
    expect(await ben.page.locator('.remote-caret').count()).toBe(0);
    await row(ben.page, 'src/util.js').click();
    await until(async () => (await ben.text()) === 'let ann;', 'Ben reads the file');
    await ben.page.locator('.remote-caret').waitFor();
  });

  test('undo and caret belong to each file, and wait while another is shown', async () => {
    await ann.page.getByTestId('file-tab').filter({ hasText: 'main.py' }).click();
    await ann.editable();
    await ann.insert('main text');
    await ann.page.getByTestId('file-tab').filter({ hasText: 'util.js' }).click();
    await until(async () => (await ann.text()) === 'let ann;', 'the other file is shown');
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.press('Control+z');
    await until(async () => (await ann.text()) === '', 'its own last edit is taken back');
    await ann.page.keyboard.press('Control+y');
    await until(async () => (await ann.text()) === 'let ann;', 'and done again');
    await ann.page.keyboard.press('Control+p');
    await ann.page.getByTestId('quick-open').getByRole('combobox').fill('mn');
    await ann.page.keyboard.press('Enter');
    await until(async () => (await ann.text()) === 'main text', 'Ctrl+P leads to the first file');
  });

  test('renaming by F2 and deleting by key reach the other; undo brings the file back to both', async () => {
    await row(ann.page, 'src/util.js').focus();
    await ann.page.keyboard.press('F2');
    await ann.page.getByTestId('name-field').fill('tool.ts');
    await ann.page.keyboard.press('Enter');
    await bothList('main.py', 'src', 'src/tool.ts');
    await row(ann.page, 'src/tool.ts').focus();
    await ann.page.keyboard.press('Delete');
    await bothList('main.py');
    await ben.noticed('deleted src/tool.ts');
    await ann.page.getByTestId('toast').filter({ hasText: 'src/tool.ts deleted' }).getByText('Undo').click();
    await bothList('main.py', 'src', 'src/tool.ts');
    await row(ben.page, 'src/tool.ts').click();
    await until(async () => (await ben.text()) === 'let ann;', 'with its text');
  });

  test('both make a file of one name while apart, and one deletes where the other types: all of it is there', async () => {
    await Promise.all([ann.saved(), ben.saved()]);
    await server.kill();
    await make(ann, 'same.txt');
    await ann.insert('from ann');
    await make(ben, 'same.txt');
    await ben.insert('from ben');
    await row(ann.page, 'src/tool.ts').focus();
    await ann.page.keyboard.press('Delete');
    await row(ben.page, 'src/tool.ts').click();
    await until(async () => (await ben.text()) === 'let ann;', 'Ben is in the file');
    await ben.insert(' // ben');
    await server.restart();
    await bothList(
      'main.py',
      'recovered',
      'recovered/src',
      'recovered/src/tool.ts',
      'same (2).txt',
      'same.txt',
    );
    const texts: string[] = [];
    for (const path of ['same.txt', 'same (2).txt', 'recovered/src/tool.ts']) {
      await row(ann.page, path).click();
      await until(async () => (await ann.text()) !== texts.at(-1), `${path} is shown`);
      texts.push(await ann.text());
    }
    expect(texts.slice(0, 2).sort()).toEqual(['from ann', 'from ben']);
    expect(texts[2]).toBe('let ann; // ben');
  });

  test('a zip comes in, asks before it changes anything, and goes out again with all', async () => {
    const zip = zipSync({
      'main.py': strToU8('print("zip")\n'),
      'lib/new.py': strToU8('x = 1\r\n'),
      'lib/picture.png': new Uint8Array([0x89, 0x50, 0, 1, 2]),
      '../escape.py': strToU8('no'),
    });
    await ann.page
      .getByTestId('import-field')
      .setInputFiles({ name: 'project.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) });
    const dialog = ann.page.getByTestId('import-dialog');
    await dialog.filter({ hasText: 'lib/picture.png: not a text' }).waitFor();
    await dialog.filter({ hasText: '../escape.py' }).waitFor();
    await ann.page.getByTestId('import-both').click();
    await row(ben.page, 'main (2).py').waitFor();
    await row(ben.page, 'lib/new.py').waitFor();
    const download = ann.page.waitForEvent('download');
    await ann.page.getByTestId('files-menu').click();
    await ann.page.getByRole('menuitem', { name: 'Download all as a zip' }).click();
    const saved = unzipSync(new Uint8Array(readFileSync(await (await download).path())));
    const texts = Object.fromEntries(Object.entries(saved).map(([path, file]) => [path, strFromU8(file)]));
    expect(texts).toMatchObject({
      'main.py': 'main text',
      'main (2).py': 'print("zip")\n',
      'lib/new.py': 'x = 1\n',
      'recovered/src/tool.ts': 'let ann; // ben',
    });
  });

  test('the whole text of the file on the screen is copied from the menu', async () => {
    await row(ann.page, 'lib/new.py').click();
    await until(async () => (await ann.text()) === 'x = 1\n', 'the file is shown');
    await ann.page.getByTestId('room-menu').click();
    await ann.page.getByTestId('copy-file').click();
    await ann.noticed('lib/new.py copied');
    expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe('x = 1\n');
  });

  test('a dropped file lands in the room, not in the text at the cursor', async () => {
    await ann.page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
      const target = document.querySelector('.cm-content') ?? document.body;
      const event = { bubbles: true, cancelable: true, dataTransfer: data };
      target.dispatchEvent(new DragEvent('dragover', event));
      target.dispatchEvent(new DragEvent('drop', event));
    });
    await row(ben.page, 'dropped.txt').waitFor();
    await until(async () => (await ann.text()) === 'dropped', 'it is shown to whoever dropped it');
  });

  test('on a phone the files are a screen of their own, and choosing one leads back to the text', async () => {
    if (!browser) return;
    const phone = await Visitor.arrive(browser, server.url, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    await phone.enter(link);
    await phone.page.getByTestId('screen-files').tap();
    await row(phone.page, 'dropped.txt').tap();
    await phone.editable();
    await until(async () => (await phone.text()) === 'dropped', 'the file is shown');
    await row(ben.page, 'dropped.txt').getByTestId('file-visitors').waitFor();
    expect(phone.complaints).toEqual([]);
    await phone.leave();
  });

  test('nothing was asked of another host, and the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });
});
