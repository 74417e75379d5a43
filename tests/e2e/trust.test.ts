/** What the page says when things go wrong, word by word, in a real browser: outages, refusals, storage that is refused, deploys. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, WebSocketRoute } from 'playwright-core';

import { launchBrowser, Visitor } from '../support/browser.js';
import { ChaosProxy } from '../support/chaos-proxy.js';
import { createRandom } from '../support/random.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

/** Inside these tests there is a browser: without one they are skipped. */
function one(launched: Browser | null): Browser {
  if (launched === null) throw new Error('no browser');
  return launched;
}

/** Small enough to fill with one paste. */
const MAX_DOC_BYTES = 100_000;

inBrowser('trust', () => {
  let server: TestServer;
  let ann: Visitor;

  beforeAll(async () => {
    server = await startServer({ MAX_DOC_BYTES: String(MAX_DOC_BYTES) });
  });

  afterAll(async () => {
    await browser?.close();
    await server.dispose();
  });

  beforeEach(async () => {
    if (browser) ann = await Visitor.arrive(browser, server.url);
  });

  afterEach(async () => {
    await ann.leave();
  });

  const pill = (text: string | RegExp) => ann.page.getByTestId('room-status').filter({ hasText: text });
  const bar = (text: string) => ann.page.getByTestId('bar').filter({ hasText: text });
  const barActions = () => ann.page.getByTestId('bar').getByRole('button').allTextContents();
  const restText = async (link: string): Promise<string> =>
    (await fetch(`${server.url}/rooms/${link.split('/').at(-1)}/text`)).text();
  const retry = () =>
    ann.page
      .getByTestId('retry-now')
      .click({ timeout: 2000 })
      .catch(() => undefined); // it may be back already

  /** Stands in for the server at the page's socket. */
  const meetSocket = (meet: (socket: WebSocketRoute) => void) => ann.page.routeWebSocket(/\/sync\//, meet);

  /** What the page sends reaches the server only after `held`. */
  const heldBack = (held: Promise<void>) => (socket: WebSocketRoute) => {
    const far = socket.connectToServer();
    socket.onMessage((message) => void held.then(() => far.send(message)));
  };

  test('first sync: "Connecting..." over a skeleton, and nothing to type into', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const link = await ann.makeRoom();
    const ben = await Visitor.arrive(one(browser), server.url);
    await ben.page.routeWebSocket(/\/sync\//, heldBack(held));
    await ben.page.goto(link);
    await ben.page.getByTestId('room-status').filter({ hasText: 'Connecting...' }).waitFor();
    await ben.page.getByTestId('skeleton').waitFor();
    expect(await ben.page.locator('.cm-content').getAttribute('contenteditable')).toBe('false');
    release();
    await ben.editable();
    await ben.page.getByTestId('skeleton').waitFor({ state: 'detached' });
    await ben.leave();
  });

  test('a local copy opens without the server, may be edited, and arrives', async () => {
    const link = await ann.makeRoom();
    await ann.insert('kept');
    await ann.saved();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await meetSocket(heldBack(held));
    await ann.page.reload();
    await pill('Opening your local copy...').waitFor();
    await ann.editable();
    expect(await ann.text()).toBe('kept');
    await ann.type(' and more');
    release();
    await ann.saved();
    expect(await restText(link)).toBe('kept and more');
  });

  /** Puts rows at the beginning and the end of what the browser keeps of the only room it knows. */
  const spoilCopy = (first: unknown, last: unknown): Promise<void> =>
    ann.page.evaluate(
      async (rows) => {
        for (const { name = '' } of await indexedDB.databases()) {
          await new Promise<void>((resolve, reject) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => {
              const writing = opening.result.transaction('updates', 'readwrite');
              writing.objectStore('updates').put(rows.first, 0.5);
              writing.objectStore('updates').add(rows.last);
              writing.oncomplete = () => (opening.result.close(), resolve());
              writing.onabort = () => reject(new Error('cannot write'));
            };
          });
        }
      },
      { first, last },
    );
  const damaged = 'Part of your local copy could not be read';

  test('[G8] rows of the local copy that cannot be read are set aside once, and the rest of it opens', async () => {
    const link = await ann.makeRoom();
    await ann.insert('saved ');
    await ann.saved();
    await server.kill();
    await bar('Reconnecting').waitFor();
    await ann.insert('typed offline');
    // In the same database, so behind what was typed.
    await spoilCopy(new Uint8Array([1, 1, 255]), 'not even bytes');
    await ann.page.close();
    await server.restart();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await ann.openTab();
    await meetSocket(heldBack(held));
    await ann.enter(link);
    await ann.noticed(damaged);
    expect(await ann.text()).toBe('saved typed offline');
    release();
    await ann.saved();
    expect(await restText(link)).toBe('saved typed offline');
    await ann.page.reload();
    await ann.saved();
    expect(await ann.text()).toBe('saved typed offline');
    expect(ann.notices.join()).not.toContain(damaged);
    expect(ann.complaints).toEqual([]);
  });

  test('[G8] a row that the browser itself cannot give is left out as well', async () => {
    const link = await ann.makeRoom();
    await ann.insert('kept');
    await ann.saved();
    const nothingNew = new Uint8Array([0, 0]);
    await spoilCopy(nothingNew, nothingNew);
    // As Chromium does where the file of a large value is gone: that row fails, and whatever reads it with others.
    await ann.page.addInitScript(() => {
      const rows = IDBObjectStore.prototype;
      const given = Object.getOwnPropertyDescriptors(rows);
      let isThere = true;
      const failing = (store: IDBObjectStore): IDBRequest => {
        const request = store.count();
        let tell: ((event: unknown) => void) | null = null;
        Object.defineProperties(request, {
          onsuccess: { set: () => undefined },
          onerror: { set: (handler: typeof tell) => void (tell = handler) },
        });
        request.addEventListener('success', () => {
          store.transaction.abort();
          tell?.({
            target: { error: new DOMException('Failed to read large IndexedDB value', 'DataError') },
          });
        });
        return request;
      };
      Object.assign(rows, {
        getAll(this: IDBObjectStore) {
          return isThere ? failing(this) : given.getAll.value?.call(this);
        },
        get(this: IDBObjectStore, key: number) {
          return key === 0.5 ? failing(this) : given.get.value?.call(this, key);
        },
        delete(this: IDBObjectStore, key: number) {
          isThere &&= key !== 0.5;
          return given.delete.value?.call(this, key);
        },
      });
    });
    await ann.page.reload();
    await ann.noticed(damaged);
    await ann.saved();
    expect(await ann.text()).toBe('kept');
    expect(await restText(link)).toBe('kept');
    expect(ann.complaints).toEqual([]);
  });

  test('a short break is not worth a word; a long one says what is safe, and how many changes came back', async () => {
    const proxy = await ChaosProxy.start(server.url, createRandom(1), { delayMs: 0 });
    const viaProxy = proxy.wsUrl.replace('ws', 'http');
    await ann.leave();
    ann = await Visitor.arrive(one(browser), viaProxy);
    const link = await ann.makeRoom();
    const told: string[] = [];
    await ann.page.exposeFunction('tell', (text: string) => told.push(text));
    await ann.page.evaluate(() => {
      const report = (globalThis as unknown as { tell: (text: string) => void }).tell;
      new MutationObserver(() => {
        const text = document.querySelector('[data-testid="bar"]')?.textContent;
        if (text) report(text);
      }).observe(document.body, { childList: true, subtree: true });
    });
    const before = proxy.taken;
    proxy.breakAll();
    await until(() => proxy.taken > before, 'the page has come back by itself');
    await ann.type('x');
    await ann.saved();
    // On a machine that is busy for more than three seconds the bar is right to come; else nothing was said.
    expect(told.every((text) => text.startsWith('Reconnecting'))).toBe(true);

    proxy.stall();
    proxy.breakAll();
    await bar('Reconnecting - your changes are kept on this device').waitFor();
    expect(await barActions()).toEqual(['Retry now']);
    expect(await ann.status()).toBe('Reconnecting - your changes are kept on this device');
    await ann.page.locator('.cm-content').focus();
    for (const key of 'abc') await ann.page.keyboard.press(key);
    proxy.resume();
    await retry();
    await ann.noticed('Back online - 3 changes sent');
    await ann.saved();
    expect(await restText(link)).toContain('abc');
    await proxy.close();
  });

  test('offline is said as such, with the copy to take away', async () => {
    await ann.makeRoom();
    await ann.insert('mine');
    await ann.saved();
    await server.kill();
    await ann.context.setOffline(true);
    await bar('Offline - your changes are kept on this device').waitFor();
    expect(await barActions()).toContain('Download copy');
    const downloading = ann.page.waitForEvent('download');
    await ann.page.getByTestId('download-copy').click();
    expect((await downloading).suggestedFilename()).toBe('main.py');
    await ann.context.setOffline(false);
    await server.restart();
    await retry();
    await ann.saved();
  });

  test('[G19] a page that was offline for a day comes back by itself, and what was typed is there once', async () => {
    const link = await ann.makeRoom();
    await ann.page.close();
    await ann.openTab();
    await ann.page.clock.install(); // before the page's own code: its timers and dates are to move
    await ann.enter(link);
    await ann.insert('saved ');
    await ann.saved();
    await server.kill();
    await ann.context.setOffline(true);
    await bar('Offline').waitFor();
    await ann.insert('typed offline');
    await ann.page.clock.fastForward('24:00:00'); // as when the lid is opened again
    await bar('Offline').waitFor();
    await ann.insert(', and a day later');
    await server.restart();
    await ann.context.setOffline(false);
    await ann.saved();
    expect(await restText(link)).toBe('saved typed offline, and a day later');
    await ann.page.reload();
    await ann.saved();
    expect(await ann.text()).toBe('saved typed offline, and a day later');
    expect(ann.complaints).toEqual([]);
  });

  test('without a server the page is whole: commands, files and settings open as ever', async () => {
    await ann.makeRoom();
    const fetched = (part: string) =>
      ann.page.evaluate(
        (name) => performance.getEntriesByType('resource').some((entry) => entry.name.includes(name)),
        part,
      );
    for (const part of ['files-panel', 'quick-open', 'command-palette', 'shortcuts-help', 'settings']) {
      await until(() => fetched(part), `${part} is fetched before anybody asks for it`);
    }
    await until(() => fetched('overlays'), 'and how they look');
    await server.kill();
    await bar('Reconnecting').waitFor();
    const closed = () =>
      ann.page.locator('dialog[open], .settings:popover-open').waitFor({ state: 'detached' });
    await ann.page.keyboard.press('Control+p');
    await ann.page.getByTestId('quick-open').getByText('main.py').waitFor();
    await ann.page.keyboard.press('Escape');
    await closed();
    await ann.page.keyboard.press('F1');
    await ann.page.locator('dialog[open]').getByText('Format the file').waitFor();
    await ann.page.keyboard.press('Escape');
    await closed();
    await ann.page.keyboard.press('Control+,');
    await ann.page.getByTestId('setting-wrap').waitFor();
    await ann.page.keyboard.press('Escape');
    await closed();
    await server.restart();
    await ann.saved();
    expect(ann.complaints).toEqual([]);
  });

  test('where the browser keeps nothing, the page says so, and asks before it is closed; else it does not ask', async () => {
    await ann.page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
    await ann.makeRoom();
    await server.kill();
    await bar('Offline - changes are only in this tab. Do not close it.').waitFor();
    let asked = 0;
    ann.page.on('dialog', (dialog) => {
      asked += dialog.type() === 'beforeunload' ? 1 : 0;
      void dialog.dismiss();
    });
    await ann.type('only here');
    await ann.page.close({ runBeforeUnload: true });
    await until(() => asked === 1, 'the browser asks whether to leave');
    await server.restart();
    await retry();
    await ann.saved();
    const closed = ann.page.waitForEvent('close');
    await ann.page.close({ runBeforeUnload: true });
    await closed;
    expect(asked).toBe(1);
  });

  test('a restart that was announced is said in the pill', async () => {
    await ann.makeRoom();
    await server.stop();
    await pill('Server restarting - reconnecting').waitFor();
    await server.restart();
    await retry();
    await ann.saved();
  });

  test('a server that lost what it had gets it again, and the page says so', async () => {
    const link = await ann.makeRoom();
    await ann.insert('old ');
    await ann.saved();
    const backup = mkdtempSync(join(tmpdir(), 'coderoom-backup-'));
    await server.stop();
    cpSync(server.dataDir, backup, { recursive: true });
    await server.restart();
    await retry();
    await ann.saved();
    await ann.insert('newer');
    await ann.saved();
    await server.kill();
    rmSync(server.dataDir, { recursive: true });
    cpSync(backup, server.dataDir, { recursive: true });
    rmSync(backup, { recursive: true });
    await server.restart();
    await retry();
    await ann.noticed('Your copy was newer and has been sent again');
    await until(async () => (await restText(link)) === 'old newer', 'the server has it again');
  });

  test('[4413] a paste that is too large is kept back, said, and taken back by one button', async () => {
    const link = await ann.makeRoom();
    await ann.insert('small');
    await ann.saved();
    await ann.page.reload();
    await ann.saved();
    await ann.insert('x'.repeat(2 * MAX_DOC_BYTES));
    await bar('The file limit is 4 MB; your last paste was not shared').waitFor();
    expect(await barActions()).toContain('Undo paste');
    await ann.page.getByTestId('undo-paste').click();
    await ann.saved();
    expect(await ann.text()).toBe('small');
    expect(await restText(link)).toBe('small');
    await ann.type('!');
    await ann.saved();
    expect(await restText(link)).toBe('small!');
  });

  test('after a deploy a newer page is offered, and reloading keeps the text', async () => {
    await ann.makeRoom();
    await ann.insert('state');
    await ann.saved();
    const newer = '<script type="module" src="/assets/newer.js"></script><div id="app"></div>';
    await ann.page.route(`${server.url}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: newer }),
    );
    await server.restart();
    await retry();
    await bar('A new version is available').waitFor();
    await ann.page.getByTestId('reload').click();
    await ann.saved();
    expect(await ann.text()).toBe('state');
    expect(await bar('A new version').count()).toBe(0);
  });

  const refusals: [code: number, title: string, buttons: string[]][] = [
    [4401, 'You no longer have access to this room', ['Ask again', 'Download my copy']],
    [4403, 'You no longer have access to this room', ['Ask again', 'Download my copy']],
    [4404, 'There is no room at this link', ['Try again', 'Download my copy', 'New room']],
    [4400, 'The server and this page did not understand each other', ['Try again', 'Download my copy']],
    [4409, 'This room began anew', ['Open the room as it is now', 'Download my copy', 'Fork as new room']],
    [4429, 'This room is full', ['Try again', 'Download my copy']],
  ];
  test.each(refusals)('[%d] %s', async (code, title, buttons) => {
    const link = await ann.makeRoom();
    await ann.insert('what is left');
    await ann.saved();
    await meetSocket((socket) => void socket.close({ code, reason: 'why' }));
    await ann.page.reload();
    const page = ann.page.getByTestId('refusal');
    await page.filter({ hasText: title }).waitFor();
    if (code === 4404) await page.filter({ hasText: 'It may have been deleted or mistyped.' }).waitFor();
    for (const name of buttons) await page.getByRole('button', { name }).waitFor();
    const downloading = ann.page.waitForEvent('download');
    await ann.page.getByTestId('download-copy').click();
    const stream = await (await downloading).createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    expect(text).toBe('what is left');
    expect(await restText(link)).toBe('what is left');
  });

  test('[G19 4410] a closed room says since when, and goes on as a new one', async () => {
    const link = await ann.makeRoom();
    await ann.insert('goes on');
    await ann.saved();
    await ann.page.getByTestId('room-menu').click();
    await ann.page.getByTestId('delete-room').click();
    await ann.page.getByTestId('delete-confirm').click();
    await ann.page
      .getByTestId('refusal')
      .filter({ hasText: /This room was closed on \S+ \S+/ })
      .waitFor();
    await ann.page.getByRole('button', { name: 'Download my copy' }).waitFor();
    await ann.page.getByTestId('fork-copy').click();
    await ann.saved();
    expect(ann.page.url()).not.toBe(link);
    expect(await ann.text()).toBe('goes on');
  });
});
