/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/preact';

import { messages } from '../messages.js';
import { filesOpen, filesWidth, openPanel, panelWidth, screen as shown, WIDTH } from '../store/layout.js';
import { FakeViewport, installBrowser } from '../support/test-browser.js';
import { RoomLayout, type RoomLayoutProps } from './room-layout.js';

installBrowser();
const words = messages.room;
let viewport: FakeViewport;

beforeEach(() => {
  viewport = new FakeViewport();
  Object.defineProperty(window, 'visualViewport', { value: viewport, configurable: true });
  filesOpen.value = true;
  openPanel.value = null;
  shown.value = 'code';
  filesWidth.value = WIDTH.files.normal;
  panelWidth.value = WIDTH.panel.normal;
});
afterEach(cleanup);

const show = (props: Partial<RoomLayoutProps> = {}) =>
  render(
    <RoomLayout
      narrow={false}
      header={<p>the header</p>}
      bar={null}
      files={<p>the tree</p>}
      tabs={<p>the tabs</p>}
      editor={<p>the editor</p>}
      busy={false}
      panel={{ people: <p>the people</p> }}
      keyRow={<p>the keys</p>}
      footer={<p>the footer</p>}
      {...props}
    />,
  );
const seen = (text: string): boolean => {
  const element = screen.queryByText(text);
  return element !== null && element.closest('[hidden]') === null;
};
const edge = (label: string): HTMLElement => screen.getByRole('separator', { name: label });
const widthOf = (label: string): string =>
  screen.getByLabelText(label, { selector: 'section, aside' }).style.inlineSize;

describe('a wide room', () => {
  test('has the files at the left, the panel at the right when it is open, and the status line below', () => {
    show();
    expect(['the header', 'the tree', 'the tabs', 'the editor', 'the footer'].map(seen)).not.toContain(false);
    expect(seen('the people')).toBe(false);
    // Nothing for phones.
    expect(seen('the keys')).toBe(false);
    expect(screen.queryByRole('navigation', { name: words.parts })).toBeNull();
    void act(() => void (openPanel.value = 'people'));
    expect(seen('the people')).toBe(true);
    const [files, , panel] = [...(document.querySelector('.room-body')?.children ?? [])].filter(
      (one) => one.getAttribute('role') !== 'separator',
    );
    expect(files?.textContent).toBe('the tree');
    expect(panel?.textContent).toContain('the people');
    fireEvent.click(screen.getByLabelText(words.closePanel));
    expect(seen('the people')).toBe(false);
    void act(() => void (filesOpen.value = false));
    expect(seen('the tree')).toBe(false);
    expect(seen('the editor')).toBe(true);
  });

  test('says when the text is not there yet, and shows the bar when there is one', () => {
    const { rerender } = show({ busy: true, bar: <p>the bar</p> });
    expect(screen.getByRole('main').getAttribute('aria-busy')).toBe('true');
    expect(seen('the bar')).toBe(true);
    rerender(<></>);
    expect(seen('the bar')).toBe(false);
  });

  test('its sides change their width by keyboard, each within its bounds, and are remembered', () => {
    openPanel.value = 'people';
    show();
    const press = (label: string, key: string): void => {
      fireEvent.keyDown(edge(label), { key });
    };
    press(words.resizeFiles, 'ArrowRight');
    expect(filesWidth.value).toBe(WIDTH.files.normal + 16);
    expect(widthOf(words.screens.files)).toBe(`${WIDTH.files.normal + 16}px`);
    // The edge of the right side goes the other way: its part grows to the left.
    press(words.resizePanel, 'ArrowLeft');
    expect(panelWidth.value).toBe(WIDTH.panel.normal + 16);
    press(words.resizePanel, 'End');
    press(words.resizePanel, 'ArrowLeft');
    expect(edge(words.resizePanel).getAttribute('aria-valuenow')).toBe(String(WIDTH.panel.max));
    press(words.resizeFiles, 'Home');
    press(words.resizeFiles, 'ArrowLeft');
    expect(filesWidth.value).toBe(WIDTH.files.min);
    press(words.resizeFiles, 'Enter');
    expect(filesWidth.value).toBe(WIDTH.files.normal);
    expect(JSON.parse(localStorage.getItem('coderoom:panel-width') ?? '')).toBe(WIDTH.panel.max);
    expect(edge(words.resizeFiles).getAttribute('aria-controls')).toBe('room-files');
  });
});

describe('a narrow room', () => {
  const press = (screenName: keyof typeof words.screens): void => {
    const bar = screen.getByRole('navigation', { name: words.parts });
    fireEvent.click(within(bar).getByRole('button', { name: new RegExp(words.screens[screenName]) }));
  };
  const current = (): (string | null)[] =>
    screen
      .getAllByRole('button')
      .filter((one) => one.getAttribute('aria-current') === 'page')
      .map((one) => one.getAttribute('data-testid'));

  test('shows one part at a time, which the bar at the bottom chooses and names', () => {
    show({ narrow: true, badges: { people: 3 } });
    expect(current()).toEqual(['screen-code']);
    expect([seen('the editor'), seen('the tree'), seen('the people')]).toEqual([true, false, false]);
    press('files');
    expect(current()).toEqual(['screen-files']);
    expect([seen('the editor'), seen('the tree'), seen('the people')]).toEqual([false, true, false]);
    press('people');
    expect([seen('the editor'), seen('the tree'), seen('the people')]).toEqual([false, false, true]);
    expect(screen.getByTestId('screen-people').textContent).toContain('3');
    press('code');
    expect([seen('the editor'), seen('the tree'), seen('the people')]).toEqual([true, false, false]);
  });

  test('keeps the editor while another part is shown, has no widths to set and no status line', () => {
    show({ narrow: true });
    const editor = screen.getByText('the editor');
    press('files');
    // Hidden and not taken away: the text keeps its place and its undo.
    expect(screen.getByText('the editor')).toBe(editor);
    expect(screen.queryByRole('separator')).toBeNull();
    expect(widthOf(words.screens.files)).toBe('');
    expect(seen('the footer')).toBe(false);
  });

  test('without files has no screen for them', () => {
    shown.value = 'files';
    show({ narrow: true, files: undefined });
    expect(screen.queryByTestId('screen-files')).toBeNull();
    expect(seen('the editor')).toBe(true);
  });

  test('what is open at the sides of a wide screen is not open here', () => {
    openPanel.value = 'people';
    show({ narrow: true });
    expect(seen('the people')).toBe(false);
    expect(seen('the tree')).toBe(false);
  });

  test('knows when the keyboard of the phone is up', () => {
    const { container } = show({ narrow: true });
    const room = container.querySelector('.room');
    expect(seen('the keys')).toBe(true);
    // The address bar that comes and goes is none.
    void act(() => viewport.resize(780));
    expect(room?.classList.contains('with-keyboard')).toBe(false);
    void act(() => viewport.resize(480));
    expect(room?.classList.contains('with-keyboard')).toBe(true);
    expect(document.documentElement.style.getPropertyValue('--viewport-height')).toBe('480px');
    void act(() => viewport.resize(844));
    expect(room?.classList.contains('with-keyboard')).toBe(false);
  });
});
