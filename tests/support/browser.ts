/** A real Chromium, and what tests ask of the page in it. Each person is a browser context of their own: nothing is shared. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

import { until } from './until.js';

/** CHROMIUM, or one of the usual names on PATH; null when there is none. */
function findChromium(): string | null {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return null;
}

/**
 * Starts a browser, or says in a line that tests are skipped and returns null.
 * @throws when REQUIRE_SERVICES=1 and there is none
 */
export async function launchBrowser(): Promise<Browser | null> {
  const executablePath = findChromium();
  if (executablePath) {
    return chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
  }
  if (process.env.REQUIRE_SERVICES === '1') throw new Error('REQUIRE_SERVICES=1, and there is no Chromium');
  process.stdout.write('skipping browser tests: no Chromium found (CHROMIUM names it)\n');
  return null;
}

/** Waits until all of them show this text. */
export function allShow(visitors: readonly Visitor[], text: string): Promise<void> {
  const show = async (): Promise<boolean> => {
    for (const visitor of visitors) if ((await visitor.text()) !== text) return false;
    return true;
  };
  return until(show, `${visitors.length} show ${JSON.stringify(text)}`);
}

/** What runs in the page before its own code: it reports each short notice as it comes. */
function reportNotices(): void {
  const { noticeShown } = globalThis as unknown as { noticeShown: (text: string) => void };
  const report = (node: Node): void => {
    if (!(node instanceof Element)) return;
    const toasts = [
      ...(node.matches('[data-testid="toast"]') ? [node] : node.querySelectorAll('[data-testid="toast"]')),
    ];
    for (const toast of toasts) noticeShown(toast.textContent ?? '');
  };
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(report);
  }).observe(document, { childList: true, subtree: true });
}

/** One person at one browser, in a room or on the way to one. */
export class Visitor {
  /** Requests that left our origin, errors on the console, and exceptions of the page: none may come. */
  readonly complaints: string[] = [];
  /** Short notices that were shown, the oldest first; `noticed` takes what it waited for and all before it. */
  readonly notices: string[] = [];
  page!: Page;

  private constructor(
    readonly context: Awaited<ReturnType<Browser['newContext']>>,
    private readonly origin: string,
  ) {}

  static async arrive(
    browser: Browser,
    origin: string,
    options: BrowserContextOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    const visitor = new Visitor(context, origin);
    await context.exposeFunction('noticeShown', (text: string) => visitor.notices.push(text));
    await context.addInitScript(reportNotices);
    await visitor.openTab();
    return visitor;
  }

  /** A new tab of the same browser: what it keeps on the device is still there. */
  async openTab(): Promise<void> {
    this.page = await this.context.newPage();
    const { page, complaints } = this;
    page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
    page.on('console', (message) => {
      // A server that is gone is what some tests are about: the browser says so by itself.
      const isOutage =
        /ERR_CONNECTION_|ERR_INTERNET_DISCONNECTED|WebSocket connection|ERR_EMPTY_RESPONSE|status of 404|status of 410/.test(
          message.text(),
        );
      if (message.type() === 'error' && !isOutage) complaints.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(this.origin) && !/^(data|blob):/.test(url)) complaints.push(`request to ${url}`);
    });
  }

  /** Makes a room on the start page, empties its sample, and returns its link. */
  async makeRoom(): Promise<string> {
    await this.page.goto(this.origin);
    await this.page.getByTestId('new-room').click();
    await this.page.waitForURL(/\/r\//);
    await this.editable();
    await this.replaceAll('');
    await this.saved();
    return this.page.url();
  }

  async enter(link: string): Promise<void> {
    await this.page.goto(link);
    await this.editable();
  }

  async editable(): Promise<void> {
    await this.page.locator('.cm-content[contenteditable="true"]').waitFor();
  }

  /** Types at the end of the text. */
  async type(text: string): Promise<void> {
    await this.page.locator('.cm-content').focus();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.type(text);
  }

  /** Puts text at the end in one edit. */
  async insert(text: string): Promise<void> {
    await this.page.locator('.cm-content').focus();
    await this.page.keyboard.press('Control+End');
    await this.page.keyboard.insertText(text);
  }

  async replaceAll(text: string): Promise<void> {
    await this.page.locator('.cm-content').focus();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.press('Delete');
    if (text !== '') await this.page.keyboard.insertText(text);
  }

  /** The whole document: CodeMirror draws only what is in view, so its state is asked, by way of the content element. */
  async text(): Promise<string> {
    return this.page.evaluate(() => {
      interface Tile {
        readonly root: { readonly view: { readonly state: { readonly doc: { toString(): string } } } };
      }
      const content = document.querySelector('.cm-content') as unknown as { cmTile?: Tile } | null;
      return content?.cmTile?.root.view.state.doc.toString() ?? '';
    });
  }

  async status(): Promise<string> {
    return (await this.page.getByTestId('room-status').textContent()) ?? '';
  }

  async saved(): Promise<void> {
    await this.page
      .getByTestId('room-status')
      .filter({ hasText: /^Saved \d/ })
      .waitFor();
  }

  /** Waits until a notice with these words has been shown, though it may be gone already. */
  async noticed(words: string): Promise<void> {
    const find = () => this.notices.findIndex((text) => text.includes(words));
    await until(
      () => find() >= 0,
      `the notice ${JSON.stringify(words)} is shown; so far: ${JSON.stringify(this.notices)}`,
    );
    this.notices.splice(0, find() + 1);
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
