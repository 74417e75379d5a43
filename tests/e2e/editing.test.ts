/** What the editor offers beyond typing, as people use it: palette, settings, other keys, search, completion, format, marks. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Response } from 'playwright-core';

import { allShow, launchBrowser, Visitor } from '../support/browser.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

inBrowser('the editor', () => {
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
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
    await browser?.close();
    await server.dispose();
  });

  beforeEach(async () => {
    await ann.page.keyboard.press('Escape');
    await ann.replaceAll('');
    await bothShow('');
  });

  const bothShow = (text: string) => allShow([ann, ben], text);

  /** Opens the palette, types, and runs what comes first. */
  const command = async ({ page }: Visitor, query: string): Promise<void> => {
    // The commands come right after the room.
    await until(async () => {
      await page.keyboard.press('F1');
      return page.getByTestId('command-palette').isVisible();
    }, 'the palette opens');
    await page.keyboard.type(query);
    await page.locator('[role=option][aria-selected=true]').waitFor();
    await page.keyboard.press('Enter');
    await page.getByTestId('command-palette').waitFor({ state: 'detached' });
  };

  describe('the palette', () => {
    test('is opened, searched and used by keyboard alone, and gives the keyboard back', async () => {
      await ann.type('one\ntwo');
      await ann.page.keyboard.press('Control+k');
      const palette = ann.page.getByTestId('command-palette');
      await palette.waitFor();
      const field = palette.getByRole('combobox');
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
      await ann.page.keyboard.type('delete line');
      const option = palette.getByRole('option').first();
      expect(await option.getAttribute('aria-selected')).toBe('true');
      expect(await field.getAttribute('aria-activedescendant')).toBe(await option.getAttribute('id'));
      await ann.page.keyboard.press('Enter');
      await bothShow('one');
      await ann.page.keyboard.type('!');
      await bothShow('one!');
    });

    test('goes through the list with the arrows, and closes with Escape without doing anything', async () => {
      await ann.type('keep');
      await ann.page.keyboard.press('F1');
      const palette = ann.page.getByTestId('command-palette');
      const selected = palette.locator('[aria-selected=true]');
      const first = await selected.textContent();
      await ann.page.keyboard.press('ArrowDown');
      await until(async () => (await selected.textContent()) !== first, 'the next one is chosen');
      await ann.page.keyboard.press('ArrowUp');
      await until(async () => (await selected.textContent()) === first, 'the first one is chosen again');
      await ann.page.keyboard.type('zzzz');
      await palette.getByText('No command fits.').waitFor();
      await ann.page.keyboard.press('Escape');
      await palette.waitFor({ state: 'detached' });
      expect(await ann.text()).toBe('keep');
    });

    test('Ctrl+S says that saving happens by itself', async () => {
      await ann.page.locator('.cm-content').focus();
      await ann.page.keyboard.press('Control+s');
      await ann.noticed('Saved automatically');
    });

    test('the shortcuts are listed from the same registry', async () => {
      await command(ann, 'keyboard shortcuts');
      const help = ann.page.getByTestId('shortcuts-help');
      await help.getByText('Comment in or out').waitFor();
      await help.getByText('Ctrl+/').waitFor();
      await ann.page.keyboard.press('Escape');
      await help.waitFor({ state: 'detached' });
    });
  });

  describe('settings', () => {
    test('change the editor at once, for this person only, and are remembered', async () => {
      if (!browser) return;
      const size = ({ page }: Visitor) =>
        page.locator('.cm-scroller').evaluate((element) => getComputedStyle(element).fontSize);
      const cat = await Visitor.arrive(browser, server.url);
      await cat.enter(link);
      await command(cat, 'settings');
      await cat.page.getByTestId('setting-font-size').selectOption({ label: '20 px' });
      await cat.page.getByTestId('setting-indent').selectOption({ label: 'Tabs' });
      await cat.page.getByTestId('setting-wrap').check();
      await until(async () => (await size(cat)) === '20px', 'the text is larger');
      await cat.page.keyboard.press('Escape');
      await cat.page.getByTestId('settings').waitFor({ state: 'detached' });
      await cat.openTab();
      await cat.enter(link);
      expect(await size(cat)).toBe('20px');
      expect(await size(ann)).toBe('14px');
      await cat.page.locator('.cm-lineWrapping').waitFor();
      expect(await ann.page.locator('.cm-lineWrapping').count()).toBe(0);
      await cat.page.locator('.cm-content').focus();
      await cat.page.keyboard.press('Tab');
      await bothShow('\t');
      expect(cat.complaints).toEqual([]);
      await cat.leave();
    });

    test('Ctrl+M lets Tab leave the editor, and says so', async () => {
      await ann.page.locator('.cm-content').focus();
      await ann.page.keyboard.press('Control+m');
      await ann.noticed('Tab moves the focus now');
      await ann.page.keyboard.press('Tab');
      expect(await ann.page.locator('.cm-content:focus').count()).toBe(0);
      await ann.page.keyboard.press('Control+m');
      await ann.page.locator('.cm-content').focus();
      await ann.page.keyboard.press('Tab');
      await until(async () => (await ann.text()).length > 0, 'Tab indents again');
    });
  });

  test('Vim: u and Ctrl-R take back and do again what one did oneself, and nothing else', async () => {
    await command(ann, 'keys: vim');
    await ann.page.locator('.cm-vim-panel').waitFor();
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.type('iann');
    await ann.page.keyboard.press('Escape');
    await bothShow('ann');
    await ben.type(' ben');
    await bothShow('ann ben');
    await ann.page.keyboard.type('u');
    await bothShow(' ben');
    await ann.page.keyboard.press('Control+r');
    await bothShow('ann ben');
    await ann.page.keyboard.type(':undo\n');
    await bothShow(' ben');
    await ann.page.keyboard.type(':w\n');
    await ann.noticed('Saved automatically');
    await command(ann, 'keys: usual');
    await ann.page.locator('.cm-vim-panel').waitFor({ state: 'detached' });
  });

  test('Emacs: undo takes back what one did oneself, and nothing else', async () => {
    await command(ann, 'keys: emacs');
    // A new visit has nothing to undo yet; the keys are remembered.
    await ann.enter(link);
    await ann.page.locator('.cm-emacsMode').waitFor();
    await ann.insert('ann');
    await bothShow('ann');
    await ben.type(' ben');
    await bothShow('ann ben');
    await ann.page.locator('.cm-content').focus();
    await ann.page.keyboard.press('Control+/');
    await bothShow(' ben');
    await command(ann, 'keys: usual');
    await ann.page.locator('.cm-emacsMode').waitFor({ state: 'detached' });
  });

  describe('formatting', () => {
    const language = async (label: string): Promise<void> => {
      await ann.page.getByTestId('language-select').selectOption({ label });
    };

    test("changes what has to be changed: the other's cursor stays, one undo takes it back", async () => {
      await language('JavaScript');
      const source = 'const amount=1\nfunction f( x ){return x+amount}\nf( 2 )';
      await ann.enter(link);
      await ann.insert(source);
      await bothShow(source);
      // Ben stands in "amo|unt", and types there when all is done.
      await ben.page.locator('.cm-content').focus();
      await ben.page.keyboard.press('Control+Home');
      await ben.page.keyboard.press('ArrowDown');
      await ben.page.keyboard.press('End');
      for (let step = 0; step < 4; step++) await ben.page.keyboard.press('ArrowLeft');
      await until(async () => {
        await ann.page.locator('.cm-content').press('Alt+Shift+F');
        return (await ann.text()) !== source;
      }, 'it is formatted');
      const formatted = 'const amount = 1;\nfunction f(x) {\n  return x + amount;\n}\nf(2);\n';
      await bothShow(formatted);
      await ben.page.keyboard.type('b');
      await bothShow(formatted.replace('+ amount', '+ amobunt'));
      await ann.page.keyboard.press('Control+z');
      await bothShow(source.replace('+amount', '+amobunt'));
    });

    test('Python is formatted by a worker of its own, the only place where WebAssembly may run', async () => {
      if (!browser) return;
      const cat = await Visitor.arrive(browser, server.url);
      await language('Python');
      await ann.insert('def f( x ):\n  return {"a":x}\n');
      const page = await cat.page.goto(link);
      await cat.editable();
      const asked = cat.page.waitForResponse((response) => response.url().includes('/format-worker-'));
      await until(async () => {
        await cat.page.locator('.cm-content').press('Alt+Shift+F');
        return (await cat.text()) === 'def f(x):\n    return {"a": x}\n';
      }, 'it is formatted');
      await bothShow('def f(x):\n    return {"a": x}\n');
      const policyOf = async (response: Response | null | undefined): Promise<string> =>
        (await response?.headerValue('content-security-policy')) ?? '';
      expect(await policyOf(await asked)).toContain("script-src 'self' 'wasm-unsafe-eval'");
      expect(await policyOf(page)).toContain("script-src 'self';");
      expect(await policyOf(page)).not.toContain('wasm-unsafe-eval');
      expect(cat.complaints).toEqual([]);
      await cat.leave();
    });

    test('a mistake in the code is said, with its line, and nothing is changed', async () => {
      await language('Python');
      await ann.insert('x = 1\ndef f(:\n');
      await ann.page.locator('.cm-content').press('Alt+Shift+F');
      await ann.noticed('there is a mistake in the code');
      await ann.page.getByTestId('toast').getByText('Go to line 2').click();
      await bothShow('x = 1\ndef f(:\n');
    });

    test('a language without a formatter is said', async () => {
      await language('Ruby');
      await ann.insert('puts 1');
      await ann.page.locator('.cm-content').press('Alt+Shift+F');
      await ann.noticed('no formatter for Ruby');
    });
  });

  test('characters that turn or hide text are shown to everybody, with what they are', async () => {
    await ann.insert('if (isAdmin\u202e\u2066) { a\u200bb }');
    for (const { page } of [ann, ben]) {
      await page.locator('.cm-bidiChar').filter({ hasText: 'RLO' }).waitFor();
      expect(await page.locator('.cm-bidiChar').filter({ hasText: 'RLO' }).getAttribute('title')).toContain(
        'U+202E',
      );
      await page.locator('.cm-bidiChar').filter({ hasText: 'LRI' }).waitFor();
      expect(await page.locator('.cm-specialChar').count()).toBe(3);
    }
  });

  test('find and replace by keyboard', async () => {
    await ann.insert('one two one');
    await until(async () => {
      await ann.page.keyboard.press('Control+f');
      return ann.page.locator('.cm-search').isVisible();
    }, 'the search panel opens');
    await ann.page.keyboard.type('one');
    await until(async () => (await ann.page.locator('.cm-searchMatch').count()) === 2, 'both are marked');
    await ann.page.locator('.cm-search input[name=replace]').fill('three');
    await ann.page.locator('.cm-search [name=replaceAll]').press('Enter');
    await bothShow('three two three');
    await ann.page.locator('.cm-search [name=search]').press('Escape');
    await ann.page.locator('.cm-search').waitFor({ state: 'detached' });
  });

  test('the completion list knows the words of the file, and the suggestion gives way to it', async () => {
    await ann.insert('const counterOfThings = 1;\n');
    await ann.page.keyboard.type('coun');
    await ann.page.locator('.ghost-text').waitFor();
    await ann.page.keyboard.press('Control+Space');
    const list = ann.page.locator('.cm-tooltip-autocomplete');
    await list.getByText('counterOfThings').waitFor();
    await ann.page.locator('.ghost-text').waitFor({ state: 'detached' });
    await list.getByText('counterOfThings').click();
    await bothShow('const counterOfThings = 1;\ncounterOfThings');
  });
});
