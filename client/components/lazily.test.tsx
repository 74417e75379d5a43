/** @jest-environment jsdom */
import { afterEach, expect, jest, test } from '@jest/globals';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';
import type { FunctionComponent } from 'preact';

import { messages } from '../messages.js';
import { lazily, lazyDialog } from './lazily.js';
import { Toasts } from './toasts.js';

afterEach(cleanup);

const Part = ({ text }: { text: string }) => <p>{text}</p>;

test('a part is fetched once, when it is first shown', async () => {
  const load = jest.fn(() => Promise.resolve(Part as FunctionComponent<{ text: string }>));
  const Lazy = lazily(load);
  expect(load).not.toHaveBeenCalled();
  const { unmount } = render(<Lazy text="here" />);
  await screen.findByText('here');
  unmount();
  render(<Lazy text="again" />);
  expect(screen.getByText('again')).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(1);
});

test('a part that cannot be fetched says so in its place, and can be tried again', async () => {
  const load = jest.fn(() => Promise.resolve(Part as FunctionComponent<{ text: string }>));
  load.mockRejectedValueOnce(new Error('no network'));
  const Lazy = lazily(load);
  render(<Lazy text="here" />);
  fireEvent.click(await screen.findByText(messages.room.retry));
  await screen.findByText('here');
  expect(screen.queryByText(messages.room.retry)).toBeNull();
});

test('a dialog that cannot be fetched is closed with a notice, and leaves nothing on the page', async () => {
  const onClose = jest.fn();
  const Lazy = lazyDialog<{ onClose: () => void }>(() => Promise.reject(new Error('no network')));
  render(<Toasts />);
  const { container } = render(<Lazy onClose={onClose} />);
  await screen.findByText(messages.notices.partFailed);
  await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  expect(container.textContent).toBe('');
});
