/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';

import { messages } from '../messages.js';
import { installBrowser } from '../support/test-browser.js';
import { Share } from './share.js';

installBrowser();
const LINK = 'https://rooms.example/r/one';
const onKnown = jest.fn<(used: boolean) => void>();
const copied: string[] = [];

beforeEach(() => {
  jest.clearAllMocks();
  copied.length = 0;
  Object.assign(navigator, {
    clipboard: {
      writeText: (text: string) => {
        copied.push(text);
        return Promise.resolve();
      },
    },
  });
});
afterEach(cleanup);

test('a press on Share copies the link and says so', async () => {
  render(<Share link={LINK} coach={false} onKnown={onKnown} />);
  expect(screen.queryByTestId('coach-mark')).toBeNull();
  fireEvent.click(screen.getByTestId('copy-link'));
  await screen.findByText(messages.notices.linkCopied);
  expect(copied).toEqual([LINK]);
  expect(onKnown.mock.calls).toEqual([[true]]);
  expect((await screen.findByTestId('qr-code')).getAttribute('aria-label')).toBe(messages.room.qrLabel);
});

test('the coach mark says what the link does, where it is read out, and takes no keyboard', () => {
  const { rerender } = render(<Share link={LINK} coach={false} onKnown={onKnown} />);
  const region = screen.getAllByRole('status').find((one) => one.parentElement?.className === 'share');
  rerender(<Share link={LINK} coach onKnown={onKnown} />);
  expect(region?.textContent).toContain('Send this link - anyone with it can edit');
  expect(document.activeElement).toBe(document.body);
});

test('one click on the coach mark copies as Share does', async () => {
  render(<Share link={LINK} coach onKnown={onKnown} />);
  fireEvent.click(screen.getByText(messages.room.copyLink));
  await screen.findByText(messages.notices.linkCopied);
  expect(copied).toEqual([LINK]);
  expect(onKnown.mock.calls).toEqual([[true]]);
});

test.each([
  ['its cross', () => void fireEvent.click(screen.getByLabelText(messages.actions.dismiss))],
  [
    'Esc within it',
    () => void fireEvent.keyDown(screen.getByText(messages.room.copyLink), { key: 'Escape' }),
  ],
])('the coach mark is waved away by %s, which copies nothing', (_way, leave) => {
  render(<Share link={LINK} coach onKnown={onKnown} />);
  leave();
  expect(onKnown.mock.calls).toEqual([[false]]);
  expect(copied).toEqual([]);
});
