/** Suggestions of a model and of the server itself, in two browsers: what is asked, shown and sent, and who can switch it off. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { allShow, launchBrowser, Visitor } from '../support/browser.js';
import { startFakeModel, type FakeModel } from '../support/fake-model.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const browser = await launchBrowser();
const inBrowser = browser ? describe : describe.skip;

afterAll(() => browser?.close());

inBrowser('a room whose server asks a model', () => {
  let model: FakeModel;
  let server: TestServer;
  let ann: Visitor;
  let ben: Visitor;
  let link: string;
  let bensQuestions = 0;

  beforeAll(async () => {
    model = await startFakeModel();
    server = await startServer({ AI_BASE_URL: model.baseUrl, AI_MODEL: 'tiny', AI_DIALECT: 'fim' });
    if (!browser) return;
    ann = await Visitor.arrive(browser, server.url);
    ben = await Visitor.arrive(browser, server.url);
    link = await ann.makeRoom();
    await ben.enter(link);
    ben.page.on(
      'request',
      (request) =>
        (bensQuestions += request.url().endsWith('/autocomplete') && request.method() === 'POST' ? 1 : 0),
    );
  });

  afterAll(async () => {
    await server.dispose();
    await model.stop();
  });

  const ghost = (text: string) => ann.page.locator('.ghost-text > span').filter({ hasText: text });
  const mode = (who: Visitor, words: string) =>
    who.page.getByTestId('ai-mode').filter({ hasText: words }).waitFor();
  const bothShow = (text: string) => allShow([ann, ben], text);

  test('the page says what is sent where', async () => {
    await mode(ann, 'AI on');
    await ann.page.getByTestId('ai-mode').click();
    await ann.page
      .getByTestId('ai-words')
      .filter({ hasText: `is sent to tiny at ${new URL(model.baseUrl).host}` })
      .waitFor();
    await ann.page.keyboard.press('Escape');
  });

  test('the local suggestion is there at once, and the model’s takes its place', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    model.behaviour = { kind: 'answers', text: 'counter + 1', after: held };
    await ann.replaceAll('const counter = 1;\n');
    await bothShow('const counter = 1;\n');
    await ann.type('coun');
    await ghost('ter').waitFor();
    expect(await ann.page.locator('.ghost-text > span').textContent()).not.toContain('+ 1');
    await until(() => model.heard.length > 0, 'the model is asked');
    release();
    await ghost('ter + 1').waitFor();
    expect(await ann.text()).toBe('const counter = 1;\ncoun');
  });

  test('it survives what somebody else types, is taken word by word, and the rest whole', async () => {
    await ben.page.locator('.cm-content').focus();
    await ben.page.keyboard.press('Control+Home');
    await ben.page.keyboard.type('// hi\n');
    await ben.page.keyboard.press('ArrowRight'); // whoever moves on asks no more for what they typed
    await bothShow('// hi\nconst counter = 1;\ncoun');
    await ghost('ter + 1').waitFor();
    await ann.page.keyboard.press('Control+ArrowRight');
    await bothShow('// hi\nconst counter = 1;\ncounter');
    await ghost('+ 1').waitFor();
    await ann.page.keyboard.type(' +');
    await ghost('1').waitFor();
    await ann.page.keyboard.press('Tab');
    await bothShow('// hi\nconst counter = 1;\ncounter + 1');
    // What Ann types makes Ben ask nothing.
    const asked = bensQuestions;
    await ann.type(';');
    await bothShow('// hi\nconst counter = 1;\ncounter + 1;');
    expect(bensQuestions).toBe(asked);
  });

  test('a person may keep the model out of it for themselves, and still gets suggestions', async () => {
    await ann.page.getByTestId('ai-mode').click();
    await ann.page.getByTestId('model-on').uncheck();
    await ann.page
      .getByTestId('ai-words')
      .filter({ hasText: 'Nothing you type is sent to a model' })
      .waitFor();
    await ann.page.keyboard.press('Escape');
    await mode(ann, 'AI local');
    await mode(ben, 'AI on');
    const heard = model.heard.length;
    model.behaviour = { kind: 'answers', text: 'leaked()' };
    await ann.replaceAll('const counter = 1;\n');
    await ann.type('coun');
    await ghost('ter').waitFor();
    expect(model.heard).toHaveLength(heard);
    await ann.page.getByTestId('ai-mode').click();
    await ann.page.getByTestId('model-on').check();
    await ann.page.keyboard.press('Escape');
    await mode(ann, 'AI on');
  });

  test('who makes the room may forbid it: from then on nothing is sent, and everybody is told', async () => {
    await ann.page.getByTestId('ai-mode').click();
    const patched = ann.page.waitForResponse((response) => response.request().method() === 'PATCH');
    await ann.page.getByTestId('model-allowed').uncheck();
    expect((await patched).status()).toBe(200);
    await ann.page.keyboard.press('Escape');
    await mode(ann, 'AI local');
    const heard = model.heard.length;
    model.behaviour = { kind: 'answers', text: 'leaked()' };
    // Ben's page does not know yet: the server does.
    const answered = ben.page.waitForResponse((response) => response.url().endsWith('/autocomplete'));
    await ben.replaceAll('const counter = 1;\n');
    await ben.type('coun');
    await answered;
    await mode(ben, 'AI local');
    await ben.page.locator('.ghost-text').waitFor();
    expect(model.heard).toHaveLength(heard);
    expect(await ben.page.getByTestId('model-allowed').count()).toBe(0);
  });

  test('who switches suggestions off asks nothing at all', async () => {
    await ben.page.getByTestId('ai-mode').click();
    await ben.page.getByTestId('suggestions-on').uncheck();
    await ben.page.keyboard.press('Escape');
    await mode(ben, 'AI off');
    await ben.page.reload();
    await ben.editable();
    await mode(ben, 'AI off');
    const asked = bensQuestions;
    await ben.type('\ncoun');
    await ben.saved();
    await until(async () => (await ann.text()).endsWith('\ncoun'), 'Ann sees it');
    await ben.page.waitForTimeout(600); // longer than a pause in typing takes to be one
    expect(bensQuestions).toBe(asked);
  });

  test('a model that is away is said once, with a way to try again', async () => {
    await ann.page.getByTestId('ai-mode').click();
    await ann.page.getByTestId('model-allowed').check();
    await ann.page.keyboard.press('Escape');
    await mode(ann, 'AI on');
    model.behaviour = { kind: 'says', status: 401, body: '{}' };
    await ann.replaceAll('const counter = 2;\n');
    await ann.type('coun');
    const state = ann.page.getByTestId('suggestions-state');
    await state.filter({ hasText: 'AI suggestions are paused' }).waitFor();
    await ann.page.locator('.ghost-text').waitFor();
    await state.getByText('Retry').click();
    await state.filter({ hasNotText: 'AI suggestions are paused' }).waitFor();
  });

  test('nothing was asked of another host, and the page complained of nothing', () => {
    expect([...ann.complaints, ...ben.complaints]).toEqual([]);
  });
});

inBrowser('on a phone, without a model', () => {
  test('a suggestion is taken with a tap; the menu says that nothing is sent anywhere', async () => {
    const server = await startServer();
    try {
      if (!browser) return;
      const cat = await Visitor.arrive(browser, server.url, {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      });
      await cat.makeRoom();
      await cat.insert('const counter = 1;\n');
      await cat.type('coun');
      await cat.page.locator('.ghost-accept').tap();
      await until(
        async () => (await cat.text()).startsWith('const counter = 1;\ncounter'),
        'the tap takes it',
      );
      await cat.page.getByTestId('room-menu').click();
      await cat.page
        .getByTestId('ai-words')
        .filter({ hasText: 'Nothing you type is sent anywhere else' })
        .waitFor();
      expect(cat.complaints).toEqual([]);
      await cat.leave();
    } finally {
      await server.dispose();
    }
  });
});
