/** @jest-environment jsdom */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { signal } from '@preact/signals';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact';

import type { StatusView } from '../connection/status-view.js';
import { messages } from '../messages.js';
import { refusalOf, RefusalPage } from '../pages/refusal.js';
import { LanguageSelect } from './language-select.js';
import { PeoplePanel } from './people-panel.js';
import { People } from './people.js';
import { StatusBar } from './status-bar.js';
import { StatusPill } from './status-pill.js';
import { say, Toasts } from './toasts.js';

afterEach(cleanup);

const nothing = (): void => undefined;
const panel = { onRecolor: nothing, leader: null, placeOf: () => '', onFollow: nothing, onJump: nothing };

const view = (tone: StatusView['tone'], text: string): StatusView => ({
  tone,
  text,
  bar: null,
  editable: true,
  guardUnload: false,
});

describe('the status pill', () => {
  test('holds the whole text, and is read out at turns only', () => {
    const shown = signal(view('good', 'Saved 14:02'));
    render(<StatusPill view={shown} />);
    const live = screen.getByRole('status');
    expect(live.textContent).toBe('Saved 14:02');
    void act(() => void (shown.value = view('busy', messages.status.saving)));
    expect(screen.getByTestId('room-status').textContent).toBe('Saving...');
    expect(live.textContent).toBe('Saved 14:02');
    void act(() => void (shown.value = view('bad', messages.status.reconnecting)));
    expect(screen.getByTestId('room-status').textContent).toBe(messages.status.reconnecting);
    expect(live.textContent).toBe(messages.status.reconnecting);
  });
});

test('the bar offers its actions by name', () => {
  const onAction = jest.fn();
  render(<StatusBar bar={{ tone: 'bad', text: 'x', actions: ['retry', 'download'] }} onAction={onAction} />);
  fireEvent.click(screen.getByText(messages.actions.retryNow));
  fireEvent.click(screen.getByText(messages.actions.downloadShort));
  expect(onAction.mock.calls).toEqual([['retry'], ['download']]);
});

describe('the language list', () => {
  test('shows the language by any of its names, and tells which was chosen', () => {
    const onChange = jest.fn();
    render(<LanguageSelect value="cpp" label="Language" onChange={onChange} />);
    const select = screen.getByLabelText<HTMLSelectElement>('Language');
    expect(select.value).toBe('c++');
    fireEvent.change(select, { target: { value: 'rust' } });
    expect(onChange).toHaveBeenCalledWith('rust');
  });

  test('keeps a language it does not know', () => {
    render(<LanguageSelect value="klingon" label="Language" onChange={() => undefined} />);
    expect(screen.getByLabelText<HTMLSelectElement>('Language').value).toBe('klingon');
  });
});

describe('people', () => {
  const people = [
    { clientId: 1, name: 'Ana', color: 0, isMe: true, file: null },
    { clientId: 2, name: '<img src=x onerror=alert(1)>', color: 1, isMe: false, file: null },
  ];

  test('are counted and named, and names are text', () => {
    render(
      <People
        people={people}
        narrow={false}
        leader={null}
        onFollow={nothing}
        onRename={(name) => name}
        onRecolor={nothing}
      />,
    );
    expect(screen.getByTestId('room-count').textContent).toBe('2');
    render(<PeoplePanel people={people} onRename={(name) => name} {...panel} />);
    expect(screen.getByTestId('person').textContent).toContain('<img src=x');
    expect(document.querySelector('img')).toBeNull();
  });

  test('a name that is refused falls back to the one that holds', () => {
    render(<PeoplePanel people={people} onRename={() => 'Ana'} {...panel} />);
    const field = screen.getByTestId<HTMLInputElement>('name-input');
    fireEvent.input(field, { target: { value: '   ' } });
    fireEvent.blur(field);
    expect(field.value).toBe('Ana');
  });
});

describe('toasts', () => {
  test('can be acted on or dismissed, and say when they are gone', async () => {
    const run = jest.fn();
    const onGone = jest.fn();
    render(<Toasts />);
    say('one', { action: { label: 'Undo', run }, onGone });
    say('two', { onGone });
    fireEvent.click(await screen.findByText('Undo'));
    expect(run).toHaveBeenCalledTimes(1);
    expect(onGone).not.toHaveBeenCalled();
    await waitFor(() => expect(screen.queryByText('one')).toBeNull());
    fireEvent.click(screen.getByLabelText(messages.actions.dismiss));
    expect(onGone).toHaveBeenCalledTimes(1);
    await waitFor(() => expect(screen.queryByText('two')).toBeNull());
  });

  test.each([
    ['is pointed at', 'pointerenter', 'pointerleave'],
    ['has the focus', 'focusin', 'focusout'],
  ])('stay while one %s', (_how, begins, ends) => {
    jest.useFakeTimers();
    try {
      render(<Toasts />);
      void act(() => void say('read me', { forMs: 1000 }));
      const toast = screen.getByTestId('toast');
      const tell = (type: string) => void act(() => void toast.dispatchEvent(new Event(type)));
      tell(begins);
      void act(() => void jest.advanceTimersByTime(100_000));
      expect(screen.queryByText('read me')).not.toBeNull();
      tell(ends);
      void act(() => void jest.advanceTimersByTime(999));
      expect(screen.queryByText('read me')).not.toBeNull();
      void act(() => void jest.advanceTimersByTime(1));
      expect(screen.queryByText('read me')).toBeNull();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('the refusal page', () => {
  const show = (code: number, hasCopy: boolean, closedAt: number | null = null): void => {
    render(
      <RefusalPage
        code={code}
        reason="why"
        closedAt={closedAt}
        hasCopy={hasCopy}
        onAgain={nothing}
        onDownload={nothing}
        onFork={nothing}
        onReopen={nothing}
        onNewRoom={nothing}
      />,
    );
  };

  test.each([4400, 4401, 4403, 4404, 4409, 4410, 4429, 4499])(
    '%d offers the copy when there is one',
    (code) => {
      show(code, true);
      expect(screen.getByText(messages.actions.download)).toBeTruthy();
      cleanup();
      show(code, false);
      expect(screen.queryByText(messages.actions.download)).toBeNull();
    },
  );

  test('says when a room was closed, when that is known', () => {
    show(4410, true, Date.UTC(2020, 4, 3, 12));
    expect(screen.getByRole('heading').textContent).toMatch(/^This room was closed on .*2020/);
    expect(screen.getByText(messages.actions.newRoomFromCopy)).toBeTruthy();
    cleanup();
    show(4410, true);
    expect(screen.getByRole('heading').textContent).toBe(messages.refusal.gone.title);
  });

  test.each([4401, 4403])('%d asks again', (code) => {
    show(code, true);
    expect(screen.getByRole('heading').textContent).toBe('You no longer have access to this room');
    expect(screen.getByText('Ask again')).toBeTruthy();
  });

  test('a code nobody foresaw still says something, with the reason', () => {
    show(4477, false);
    expect(screen.getByRole('heading').textContent).toBe(messages.refusal.other.title);
    expect(screen.getByText('why (4477)')).toBeTruthy();
    expect(refusalOf(4404).title).toBe(messages.refusal.missing.title);
  });
});
