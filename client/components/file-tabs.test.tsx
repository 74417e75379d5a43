/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { cleanup, fireEvent, render, screen } from '@testing-library/preact';

import type { SharedFile } from '../../server/contract/files.js';
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { installBrowser } from '../support/test-browser.js';
import { FileTabs, type FileTabsProps } from './file-tabs.js';

installBrowser();
const scrolled = jest.fn<(path: string) => void>();
Element.prototype.scrollIntoView = function (this: Element) {
  scrolled(this.querySelector('[data-testid="file-tab"]')?.getAttribute('title') ?? '');
};

const file = (path: string): SharedFile => ({
  id: `id of ${path}`,
  path,
  language: 'text',
  recovered: false,
});
const [a, b, c] = [file('a.js'), file('src/b.js'), file('c.js')] as const;
const onShow = jest.fn<(id: string) => void>();
const onClose = jest.fn<(id: string) => void>();

const tabs = (props: Partial<FileTabsProps> = {}) => (
  <FileTabs
    open={[a, b, c]}
    activeId={b.id}
    people={[]}
    editable
    onShow={onShow}
    onClose={onClose}
    onNew={() => undefined}
    {...props}
  />
);
const tab = (path: string): HTMLElement => screen.getByTitle(path);
const focused = (): string | null | undefined => document.activeElement?.getAttribute('title');

beforeEach(() => void jest.clearAllMocks());
afterEach(cleanup);

test('show their names, say which one is on the screen, and a press shows another', () => {
  render(tabs());
  expect(screen.getAllByTestId('file-tab').map((one) => one.textContent)).toEqual(['a.js', 'b.js', 'c.js']);
  expect(screen.getAllByTestId('file-tab').map((one) => one.getAttribute('aria-current'))).toEqual([
    null,
    'true',
    null,
  ]);
  fireEvent.click(tab('c.js'));
  expect(onShow.mock.calls).toEqual([[c.id]]);
  expect(onClose).not.toHaveBeenCalled();
});

test('two files of one name are told apart by their folders', () => {
  render(tabs({ open: [file('b.js'), b, c] }));
  expect(screen.getAllByTestId('file-tab').map((one) => one.textContent)).toEqual([
    'b.js',
    'src/b.js',
    'c.js',
  ]);
});

test('close by their cross, by Delete and by the middle button, and by no other', () => {
  render(tabs());
  fireEvent.click(screen.getByLabelText(messages.files.closeTab('src/b.js')));
  expect(onClose.mock.calls).toEqual([[b.id]]);
  fireEvent.keyDown(tab('a.js'), { key: 'Delete' });
  expect(onClose).toHaveBeenLastCalledWith(a.id);
  const auxClick = (button: number): void => {
    fireEvent(tab('c.js'), new MouseEvent('auxclick', { bubbles: true, button }));
  };
  auxClick(2);
  expect(onClose).toHaveBeenCalledTimes(2);
  auxClick(1);
  expect(onClose).toHaveBeenLastCalledWith(c.id);
  // Nothing of it showed a file.
  expect(onShow).not.toHaveBeenCalled();
  // Pressed over many tabs, the middle button would scroll them instead.
  expect(fireEvent.mouseDown(tab('c.js'), { button: 1 })).toBe(false);
  expect(fireEvent.mouseDown(tab('c.js'), { button: 0 })).toBe(true);
});

test('the last one has no cross', () => {
  render(tabs({ open: [a], activeId: a.id }));
  expect(screen.queryByLabelText(messages.files.closeTab('a.js'))).toBeNull();
});

test('arrows go along and round, and show nothing by themselves', () => {
  render(tabs());
  tab('src/b.js').focus();
  const press = (key: string): void => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key });
  };
  press('ArrowRight');
  expect(focused()).toBe('c.js');
  press('ArrowRight');
  expect(focused()).toBe('a.js');
  press('ArrowLeft');
  expect(focused()).toBe('c.js');
  expect(onShow).not.toHaveBeenCalled();
});

test('the keyboard goes to a neighbour of the tab that is closed', () => {
  render(tabs());
  tab('c.js').focus();
  fireEvent.keyDown(tab('c.js'), { key: 'Delete' });
  expect(focused()).toBe('src/b.js');
  tab('a.js').focus();
  fireEvent.keyDown(tab('a.js'), { key: 'Delete' });
  expect(focused()).toBe('src/b.js');
});

test('of more than fit, the shown one is brought into view, however it came to be shown', () => {
  const open = Array.from({ length: 30 }, (_, n) => file(`file-${n}.js`));
  const { rerender } = render(tabs({ open, activeId: open[29]?.id ?? '' }));
  expect(scrolled.mock.calls).toEqual([['file-29.js']]);
  rerender(tabs({ open, activeId: open[3]?.id ?? '' }));
  expect(scrolled).toHaveBeenLastCalledWith('file-3.js');
  // What others do in other files moves nothing.
  const ben: Person = { clientId: 2, name: 'Ben', color: 0, isMe: false, file: open[9]?.id ?? null };
  rerender(tabs({ open, activeId: open[3]?.id ?? '', people: [ben] }));
  expect(scrolled).toHaveBeenCalledTimes(2);
  expect(screen.getByTestId('file-visitors').closest('button')?.title).toBe('file-9.js');
  // A wheel that turns up and down goes along the row.
  const row = screen.getByRole('list');
  fireEvent.wheel(row, { deltaY: 120 });
  expect(row.scrollLeft).toBe(120);
});

test('a new file can be had by those who may write', () => {
  const onNew = jest.fn();
  const { rerender } = render(tabs({ onNew }));
  fireEvent.click(screen.getByLabelText(messages.files.newFile));
  expect(onNew).toHaveBeenCalledTimes(1);
  rerender(tabs({ onNew, editable: false }));
  expect(screen.getByTestId<HTMLButtonElement>('new-file-tab').disabled).toBe(true);
});
