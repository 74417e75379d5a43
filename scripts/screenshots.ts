/**
 * Takes a picture of every screen and state of the page, wide and narrow, light and dark, from the built page.
 *   node scripts/build.mjs && npx tsx scripts/screenshots.ts <folder> [part of a name]
 * The pictures are for looking at, not for comparing: nothing is committed and nothing fails.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { BrowserContextOptions, WebSocketRoute } from 'playwright-core';

import { launchBrowser, Visitor } from '../tests/support/browser.js';
import { startServer, type TestServer } from '../tests/support/server.js';

const [folder, only = ''] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npx tsx scripts/screenshots.ts <folder> [part of a name]');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const CODE = `def two_sum(nums, target):
    """Find the two numbers that add up to target."""
    seen = {}
    for i, n in enumerate(nums):
        if target - n in seen:
            return [seen[target - n], i]
        seen[n] = i
    return None


print(two_sum([2, 7, 11, 15], 9))  # [0, 1]
`;

interface Stage {
  readonly server: TestServer;
  /** A person who looks as this picture wants it. */
  readonly ann: Visitor;
  /** Takes the picture now, where the state ends with the scene. */
  shoot(): Promise<unknown>;
  /** Somebody else, at a desk. */
  other(): Promise<Visitor>;
  readonly narrow: boolean;
}

type Scene = (stage: Stage) => Promise<void>;

/** A room with code in it; answers with its link. */
async function roomWithCode({ ann }: Stage): Promise<string> {
  const link = await ann.makeRoom();
  await ann.page.locator('.cm-content').focus();
  await ann.page.keyboard.insertText(CODE);
  await ann.saved();
  return link;
}

/** The server's end of the page's socket, which a scene may hold back or close as it likes. */
async function ownSocket({ ann, server }: Stage, meet: (socket: WebSocketRoute) => void): Promise<void> {
  await ann.page.routeWebSocket(/\/sync\//, meet);
  await ann.page.goto(`${server.url}/r/looked-at`);
}

const refusal =
  (code: number): Scene =>
  async (stage) => {
    await ownSocket(stage, (socket) => void socket.close({ code, reason: 'why' }));
    await stage.ann.page.getByTestId('refusal').waitFor();
  };

async function down(stage: Stage, then: () => Promise<unknown>): Promise<void> {
  const { server } = stage;
  await server.kill();
  try {
    await then();
  } finally {
    await server.restart();
  }
}

const scenes: Readonly<Record<string, Scene>> = {
  landing: async ({ ann, server }) => {
    await ann.page.goto(server.url);
    await ann.page.getByTestId('version').waitFor();
    await ann.page.locator('.demo-pane .cm-line').nth(8).waitFor();
  },
  'landing-recent': async (stage) => {
    const { ann, server } = stage;
    await roomWithCode(stage);
    await ann.makeRoom();
    await ann.page.goto(server.url);
    await ann.page.getByTestId('recent-room').nth(1).waitFor();
  },
  'landing-wrong-link': async ({ ann, server }) => {
    await ann.page.goto(server.url);
    await ann.page.getByTestId('join-input').fill('not a link');
    await ann.page.getByTestId('join-button').click();
  },
  'landing-no-server': async (stage) => {
    await stage.ann.page.goto(stage.server.url);
    await stage.ann.page.getByTestId('version').waitFor();
    await down(stage, async () => {
      await stage.ann.page.getByTestId('new-room').click();
      await stage.ann.page.getByRole('alert').filter({ hasText: 'could not' }).waitFor();
      await stage.shoot();
    });
  },
  'room-new': async ({ ann, server }) => {
    await ann.page.goto(server.url);
    await ann.page.getByTestId('new-room').click();
    await ann.saved();
    await ann.page.getByTestId('coach-mark').waitFor();
  },
  'room-empty': async ({ ann }) => void (await ann.makeRoom()),
  'room-two': async (stage) => {
    const link = await roomWithCode(stage);
    const ben = await stage.other();
    await ben.enter(link);
    await ben.page.locator('.cm-content').focus();
    await ben.page.keyboard.press('Control+Home');
    for (let line = 0; line < 4; line++) await ben.page.keyboard.press('ArrowDown');
    await ben.page.keyboard.press('Shift+End');
    await stage.ann.page.locator('.remote-caret').waitFor();
  },
  'room-people': async (stage) => {
    await scenes['room-two']?.(stage);
    await stage.ann.page.getByTestId('people-button').click();
    await stage.ann.page.getByText(/line \d/).waitFor();
  },
  'room-follow': async (stage) => {
    await scenes['room-people']?.(stage);
    await stage.ann.page.locator('[data-follow]').click();
    await stage.ann.page.getByTestId('follow-frame').waitFor();
  },
  'room-share': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.getByTestId('copy-link').click();
    await stage.ann.page.getByTestId('qr-code').waitFor();
  },
  'room-menu': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.getByTestId('room-menu').click();
  },
  'room-name': async (stage) => {
    await roomWithCode(stage);
    if (stage.narrow) await stage.ann.page.getByTestId('people-button').click();
    else await stage.ann.page.getByTestId('own-name').click();
  },
  'room-rename': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.getByTestId('room-menu').click();
    await stage.ann.page.getByTestId('rename-room').click();
  },
  'room-delete': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.getByTestId('room-menu').click();
    await stage.ann.page.getByTestId('delete-room').click();
  },
  'room-commands': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.keyboard.press('F1');
    await stage.ann.page.locator('dialog[open]').waitFor();
  },
  'room-settings': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.keyboard.press('Control+,');
    await stage.ann.page.getByTestId('settings').waitFor();
  },
  'room-shortcuts': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.keyboard.press('F1');
    await stage.ann.page.locator('dialog[open]').waitFor();
    await stage.ann.page.keyboard.type('shortcuts');
    await stage.ann.page.keyboard.press('Enter');
    await stage.ann.page.getByTestId('shortcuts-help').waitFor();
  },
  'room-files': async (stage) => {
    const link = await roomWithCode(stage);
    const roomId = link.split('/').at(-1) ?? '';
    for (const path of ['src/util.py', 'src/deep/names.py', 'notes.md', 'data.json']) {
      await fetch(`${stage.server.url}/rooms/${roomId}/files`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path, text: `${path}\n` }),
      });
    }
    if (stage.narrow) await stage.ann.page.getByRole('button', { name: 'Files' }).last().click();
    await stage.ann.page.getByTestId('file-row').nth(3).waitFor();
  },
  'room-quick-open': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.keyboard.press('Control+p');
    await stage.ann.page.getByTestId('quick-open').waitFor();
  },
  'room-suggestions-state': async (stage) => {
    await roomWithCode(stage);
    if (stage.narrow) await stage.ann.page.getByTestId('room-menu').click();
    else await stage.ann.page.getByTestId('suggestions-state').click();
    await stage.ann.page.getByText('Suggestions come from this server').waitFor();
  },
  'room-search': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.keyboard.press('Control+f');
    await stage.ann.page.keyboard.type('seen');
  },
  'room-suggestion': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.type('two');
    await stage.ann.page.locator('.ghost-text').waitFor();
  },
  'room-typing': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.locator('.cm-content').focus();
  },
  'state-connecting': async (stage) => {
    await ownSocket(stage, () => undefined);
    await stage.ann.page.getByTestId('skeleton').waitFor();
  },
  'state-unreachable': async (stage) => {
    await ownSocket(stage, () => undefined);
    await stage.ann.page.getByTestId('bar').waitFor();
  },
  'state-reconnecting': async (stage) => {
    await roomWithCode(stage);
    await down(stage, async () => {
      await stage.ann.page.getByTestId('bar').filter({ hasText: 'Reconnecting' }).waitFor();
      await stage.shoot();
    });
  },
  'state-offline': async (stage) => {
    await roomWithCode(stage);
    await down(stage, async () => {
      await stage.ann.context.setOffline(true);
      await stage.ann.page.getByTestId('bar').filter({ hasText: 'Offline' }).waitFor();
      await stage.shoot();
    });
  },
  'state-tab-only': async (stage) => {
    await stage.ann.page.addInitScript(() =>
      Object.defineProperty(window, 'indexedDB', { value: undefined }),
    );
    await roomWithCode(stage);
    await down(stage, async () => {
      await stage.ann.page.getByTestId('bar').filter({ hasText: 'only in this tab' }).waitFor();
      await stage.shoot();
    });
  },
  'state-back': async (stage) => {
    await roomWithCode(stage);
    await down(stage, async () => {
      await stage.ann.page.getByTestId('bar').waitFor();
      await stage.ann.type('# typed meanwhile');
    });
    await stage.ann.page
      .getByTestId('retry-now')
      .click({ timeout: 2000 })
      .catch(() => undefined); // it may be back already
    await stage.ann.page.getByTestId('toast').filter({ hasText: 'Back online' }).waitFor();
  },
  'state-new-version': async (stage) => {
    await roomWithCode(stage);
    const newer = '<script type="module" src="/assets/newer.js"></script><div id="app"></div>';
    await stage.ann.page.route(`${stage.server.url}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: newer }),
    );
    await down(stage, () => stage.ann.page.getByTestId('bar').waitFor());
    await stage.ann.page
      .getByTestId('retry-now')
      .click({ timeout: 2000 })
      .catch(() => undefined);
    await stage.ann.page.getByTestId('bar').filter({ hasText: 'new version' }).waitFor();
  },
  'refusal-4401': refusal(4401),
  'refusal-4404': refusal(4404),
  'refusal-4409': refusal(4409),
  'refusal-4429': refusal(4429),
  'refusal-4400': refusal(4400),
  'refusal-4410': async (stage) => {
    await roomWithCode(stage);
    await stage.ann.page.getByTestId('room-menu').click();
    await stage.ann.page.getByTestId('delete-room').click();
    await stage.ann.page.getByTestId('delete-confirm').click();
    await stage.ann.page.getByTestId('refusal').waitFor();
  },
  unknown: async ({ ann, server }) => void (await ann.page.goto(`${server.url}/nothing/here`)),
};

/** Scenes whose state ends with them take their picture themselves. */
const ownPicture = new Set(['landing-no-server', 'state-reconnecting', 'state-offline', 'state-tab-only']);

const sizes: readonly [name: string, options: BrowserContextOptions][] = [
  ['wide', { viewport: { width: 1280, height: 800 } }],
  ['narrow', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
];

const browser = await launchBrowser();
if (browser === null) throw new Error('no Chromium to look with: CHROMIUM names it');
const server = await startServer();
let failed = 0;
for (const [name, scene] of Object.entries(scenes).filter(([one]) => one.includes(only))) {
  for (const [size, options] of sizes) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const path = join(folder, `${name}.${size}.${colorScheme}.png`);
      const people: Visitor[] = [];
      const arrive = async (how: BrowserContextOptions): Promise<Visitor> => {
        const visitor = await Visitor.arrive(browser, server.url, how);
        visitor.page.setDefaultTimeout(15_000);
        people.push(visitor);
        return visitor;
      };
      try {
        const ann = await arrive({ ...options, colorScheme });
        await scene({
          server,
          ann,
          shoot: () => ann.page.screenshot({ path }),
          other: () => arrive({}),
          narrow: size === 'narrow',
        });
        if (!ownPicture.has(name)) await ann.page.screenshot({ path });
      } catch (error) {
        failed++;
        console.error(`${name} ${size} ${colorScheme}: ${String(error).split('\n')[0] ?? ''}`);
        await people[0]?.page.screenshot({ path }).catch(() => undefined);
      }
      for (const one of people) await one.leave();
    }
  }
  console.log(name);
}
await browser.close();
await server.dispose();
process.exit(failed > 0 ? 1 : 0);
