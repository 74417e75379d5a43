/** Files that come from outside: what is asked when one is there already, and what is made of a folder that is dropped on the page. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';

import { launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

/** Drops files and folders of this machine on a part of the page, as the browser itself does when they come from the desktop. */
async function dropFromDesktop({ context, page }: Visitor, paths: string[], on: Locator): Promise<void> {
  const box = await on.boundingBox();
  if (box === null) throw new Error('nothing is shown there to drop on');
  const session = await context.newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2, data };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at });
  }
  await session.detach();
}

inBrowser('an import', () => {
  let server: TestServer;
  let ann: Visitor;
  let ben: Visitor;
  let desktop: string;

  beforeAll(async () => {
    server = await startServer();
    desktop = mkdtempSync(join(tmpdir(), 'desktop-'));
    if (!browser) return;
    ann = await Visitor.arrive(browser, server.url);
    ben = await Visitor.arrive(browser, server.url);
    const link = await ann.makeRoom();
    await ann.insert('as it was');
    await ann.saved();
    await ben.enter(link);
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
    rmSync(desktop, { recursive: true, force: true });
  });

  const row = (page: Page, path: string) => page.locator(`[data-testid="file-row"][data-path="${path}"]`);
  const listed = (page: Page): Promise<string> =>
    page
      .getByTestId('file-row')
      .evaluateAll((rows) => rows.map((one) => one.getAttribute('data-path')).join(' '));
  const lists = ({ page }: Visitor, ...paths: string[]) =>
    until(async () => (await listed(page)) === paths.join(' '), `the files ${paths.join(' ')}`);
  const shows = (visitor: Visitor, text: string) =>
    until(async () => (await visitor.text()) === text, `the text ${text}`);
  const dialog = ({ page }: Visitor) => page.getByTestId('import-dialog');
  const choose = async ({ page }: Visitor, name: string, text: string): Promise<void> => {
    await page
      .getByTestId('import-field')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  };
  const onDesktop = (path: string, content: string | Uint8Array): string => {
    const whole = join(desktop, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
    return whole;
  };

  test('of a file that is there changes nothing until it is told what to do', async () => {
    await choose(ann, 'main.py', 'from outside');
    await dialog(ann).filter({ hasText: 'This file is in the room already:' }).waitFor();
    await dialog(ann).filter({ hasText: 'main.py' }).waitFor();
    await ann.page.getByTestId('import-cancel').click();
    await dialog(ann).waitFor({ state: 'detached' });
    expect(await ann.text()).toBe('as it was');
    await lists(ann, 'main.py');
  });

  test('that replaces it gives the same file the new text, for everybody, and can be undone', async () => {
    await choose(ann, 'main.py', 'from outside');
    await ann.page.getByTestId('import-replace').click();
    await dialog(ann).waitFor({ state: 'detached' });
    await shows(ann, 'from outside');
    await shows(ben, 'from outside');
    await lists(ben, 'main.py');
    await ann.noticed('1 file imported');
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.press('Control+z');
    await shows(ann, 'as it was');
    await shows(ben, 'as it was');
  });

  test('that keeps both puts a number behind the name, and leaves the other text alone', async () => {
    await choose(ann, 'main.py', 'from outside');
    await ann.page.getByTestId('import-both').click();
    const imported = ann.page.getByTestId('toast').filter({ hasText: '1 file imported' });
    await imported.hover(); // it stays while it is pointed at
    await dialog(ann).waitFor({ state: 'detached' });
    await lists(ann, 'main (2).py', 'main.py');
    await lists(ben, 'main (2).py', 'main.py');
    // It is on the screen of whoever brought it in, and Ben stays where he is.
    await shows(ann, 'from outside');
    expect(await ben.text()).toBe('as it was');
    await row(ben.page, 'main (2).py').click();
    await shows(ben, 'from outside');
    // And taken back by one press.
    await imported.getByText('Undo', { exact: true }).click();
    await lists(ben, 'main.py');
    await shows(ben, 'as it was');
  });

  test('takes the room as it is when the answer comes: what was taken meanwhile gets a number, what was deleted is new', async () => {
    const files = `${server.url}/rooms/${ann.page.url().split('/').at(-1) ?? ''}/files`;
    const make = async (path: string): Promise<string> => {
      const answer = await fetch(files, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path, text: 'there before' }),
      });
      expect(answer.status).toBe(201);
      return ((await answer.json()) as { id: string }).id;
    };
    const gone = await make('gone.py');
    await lists(ann, 'gone.py', 'main.py');
    await ann.page.getByTestId('import-field').setInputFiles(
      ['gone.py', 'new.py'].map((name) => ({
        name,
        mimeType: 'text/plain',
        buffer: Buffer.from(`${name} from outside`),
      })),
    );
    await dialog(ann).filter({ hasText: 'gone.py' }).waitFor();
    const taken = await make('new.py');
    expect((await fetch(`${files}/${gone}`, { method: 'DELETE' })).status).toBe(204);
    await lists(ann, 'main.py', 'new.py');
    await ann.page.getByTestId('import-replace').click();
    const imported = ann.page.getByTestId('toast').filter({ hasText: 'imported' });
    await imported.hover();
    await lists(ben, 'gone.py', 'main.py', 'new (2).py', 'new.py');
    await row(ben.page, 'gone.py').click();
    await shows(ben, 'gone.py from outside');
    // As it was, for what comes next.
    await imported.getByText('Undo', { exact: true }).click();
    expect((await fetch(`${files}/${taken}`, { method: 'DELETE' })).status).toBe(204);
    await lists(ann, 'main.py');
    await lists(ben, 'main.py');
    await row(ben.page, 'main.py').click();
    await row(ann.page, 'main.py').click();
    await shows(ann, 'as it was');
  });

  test('of the same text asks nothing and changes nothing', async () => {
    await choose(ann, 'main.py', 'as it was');
    await ann.noticed('Nothing to import');
    expect(await dialog(ann).count()).toBe(0);
    await lists(ann, 'main.py');
  });

  test('of a dropped folder brings all below it, says what it leaves, and where it was dropped counts', async () => {
    onDesktop('project/readme.md', '# Project\n');
    onDesktop('project/src/app.ts', 'let app = 1;\r\n');
    onDesktop('project/src/deep/down/leaf.py', 'leaf = True\n');
    onDesktop('project/picture.png', new Uint8Array([0x89, 0x50, 0, 1]));
    onDesktop('project/node_modules/much/index.js', 'no');
    const alone = onDesktop('alone.txt', 'alone');
    const editor = ann.page.locator('.cm-content');
    await dropFromDesktop(ann, [join(desktop, 'project')], editor);
    await dialog(ann).filter({ hasText: 'project/picture.png: not a text' }).waitFor();
    await ann.page.getByTestId('import-rest').click();
    await dialog(ann).waitFor({ state: 'detached' });
    await ann.noticed('left out');
    const project = [
      'project',
      'project/src',
      'project/src/deep',
      'project/src/deep/down',
      'project/src/deep/down/leaf.py',
      'project/src/app.ts',
      'project/readme.md',
    ];
    await lists(ann, ...project, 'main.py');
    await lists(ben, ...project, 'main.py');
    await row(ben.page, 'project/src/app.ts').click();
    await shows(ben, 'let app = 1;\n');
    // Several at once, on a folder of the tree: they land in it.
    const other = onDesktop('second/other.js', 'other');
    await dropFromDesktop(ann, [alone, dirname(other)], row(ann.page, 'project/src'));
    await row(ben.page, 'project/src/alone.txt').waitFor();
    await row(ben.page, 'project/src/second/other.js').waitFor();
    expect(await ann.text()).not.toContain('alone.txt');
  });

  test('on the start page makes a room of the files, with no empty one beside them', async () => {
    if (!browser) return;
    const cat = await Visitor.arrive(browser, server.url);
    await cat.page.goto(server.url);
    await cat.page.getByTestId('from-files').setInputFiles([
      { name: 'app.ts', mimeType: 'text/plain', buffer: Buffer.from('let app;\n') },
      { name: 'main.py', mimeType: 'text/plain', buffer: Buffer.from('main = 1\n') },
    ]);
    await cat.page.waitForURL(/\/r\//);
    await lists(cat, 'app.ts', 'main.py');
    await shows(cat, 'let app;\n');
    await row(cat.page, 'main.py').click();
    await shows(cat, 'main = 1\n');
    await cat.saved();
    // The room's first file is the first of them: programs that know no paths read it.
    const { code, language } = (await (
      await fetch(`${server.url}/rooms/${cat.page.url().split('/').at(-1) ?? ''}`)
    ).json()) as { code: string; language: string };
    expect([code, language]).toEqual(['let app;\n', 'typescript']);
    // A folder that is dropped there does the same, and says what it leaves.
    await cat.page.goto(server.url);
    await cat.page.getByTestId('new-room').waitFor();
    await dropFromDesktop(cat, [join(desktop, 'project')], cat.page.getByRole('heading', { level: 1 }));
    await cat.page.waitForURL(/\/r\//);
    await dialog(cat).filter({ hasText: 'project/picture.png: not a text' }).waitFor();
    await cat.page.getByTestId('import-rest').click();
    await row(cat.page, 'project/src/deep/down/leaf.py').waitFor();
    expect(await row(cat.page, 'main.py').count()).toBe(0);
    expect(cat.complaints).toEqual([]);
    await cat.leave();
  });

  test('the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });
});
